package dev.steelyard.gateway.keys;

import java.util.Locale;

/** What a key's holder may do; each includes the one before. */
enum Role {
    /** Look at everything but keys. */
    READER,
    /** Submit, cancel and retry jobs, bring in artifacts, register models. */
    SUBMITTER,
    /** Make and revoke keys. */
    ADMIN;

    String wire() {
        return name().toLowerCase(Locale.ROOT);
    }
}
