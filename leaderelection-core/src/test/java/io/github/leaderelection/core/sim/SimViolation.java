package io.github.leaderelection.core.sim;

/** Something happened that must never happen. */
final class SimViolation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String check;

    /** {@code check} names the rule in a word or two. */
    SimViolation(String check, String what) {
        super(check + ": " + what, null, false, false);
        this.check = check;
    }

    String check() {
        return check;
    }
}
