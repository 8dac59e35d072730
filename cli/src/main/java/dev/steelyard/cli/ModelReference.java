package dev.steelyard.cli;

import dev.steelyard.cli.client.Model;
import dev.steelyard.cli.client.Models;

/**
 * "name" (the latest version), "name@alias" or "name:version".
 *
 * @param alias empty when none was given
 * @param version 0 when none was given
 */
record ModelReference(String name, String alias, int version) {

    static ModelReference parse(String text) {
        int at = text.indexOf('@');
        if (at > 0) {
            return new ModelReference(text.substring(0, at), text.substring(at + 1), 0);
        }
        int colon = text.indexOf(':');
        if (colon <= 0) {
            return new ModelReference(text, "", 0);
        }
        try {
            return new ModelReference(text.substring(0, colon), "", Integer.parseInt(text.substring(colon + 1)));
        } catch (NumberFormatException e) {
            throw new UsageException("'" + text + "': the version after ':' must be a number");
        }
    }

    /** The artifact it stands for now. */
    String artifact(Models models) {
        Model model = models.get(name);
        int wanted = version;
        if (!alias.isEmpty()) {
            Integer named = model.aliases().get(alias);
            if (named == null) {
                throw new CommandException("model " + name + " has no alias '" + alias + "'");
            }
            wanted = named;
        }
        int exact = wanted;
        return model.versions().stream()
                .filter(each -> exact == 0 || each.version() == exact)
                .reduce((older, newer) -> newer.version() > older.version() ? newer : older)
                .map(Model.Version::artifact)
                .orElseThrow(() -> new CommandException("model " + name + " has no version " + exact));
    }
}
