package io.github.leaderelection.lock.kubernetes;

import java.util.Locale;

/** What is asked of an API server, by the word that grants the right to it. */
enum Verb {
    GET("GET"),
    LIST("GET"),
    WATCH("GET"),
    CREATE("POST"),
    UPDATE("PUT");

    private final String method;

    Verb(String method) {
        this.method = method;
    }

    /** The method of HTTP. */
    String method() {
        return method;
    }

    /** As it stands in a Role. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean writes() {
        return this == CREATE || this == UPDATE;
    }
}
