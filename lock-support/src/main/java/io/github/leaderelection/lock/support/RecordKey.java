package io.github.leaderelection.lock.support;

import java.util.ArrayDeque;
import java.util.Deque;

/** The key of an election, joined and cleaned as the Go package does it with {@code path.Join}. */
public final class RecordKey {

    private RecordKey() {}

    /**
     * Joins prefix and name with a slash and cleans the path: no empty or {@code .} elements, {@code ..} takes the element
     * before it away, no slash at the end.
     *
     * @throws IllegalArgumentException if nothing that could name an election remains
     */
    public static String of(String prefix, String name) {
        String joined = prefix.isEmpty() ? name : prefix + "/" + name;
        boolean rooted = joined.startsWith("/");
        Deque<String> elements = new ArrayDeque<>();
        for (String element : joined.split("/", -1)) {
            if (element.equals("..")
                    && !elements.isEmpty()
                    && !elements.getLast().equals("..")) {
                elements.removeLast();
            } else if (element.equals("..") && rooted) {
                continue;
            } else if (!element.isEmpty() && !element.equals(".")) {
                elements.addLast(element);
            }
        }
        if (name.isBlank() || elements.isEmpty()) {
            throw new IllegalArgumentException("prefix '" + prefix + "' and name '" + name
                    + "' make no key: expected a name that is not blank and a path with at least one element");
        }
        return (rooted ? "/" : "") + String.join("/", elements);
    }
}
