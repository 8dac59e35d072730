package dev.steelyard.gateway.keys;

import java.util.Locale;

/** What a key's holder may do; each includes the one before. */
enum Role {
    /** Look at everything but keys and the audit. */
    READER,
    /** Submit, cancel and retry jobs, bring in artifacts, register models. */
    SUBMITTER,
    /** Make and revoke keys, read the audit. */
    ADMIN;

    String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
