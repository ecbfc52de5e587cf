package io.github.leaderelection.lock.kubernetes;

import io.github.leaderelection.spi.Excerpt;
import java.util.regex.Pattern;

/** Where the Lease of an election is, below the URL of an API server. */
record LeasePaths(String namespace, String lease) {

    /** What Kubernetes calls a DNS subdomain (RFC 1123), and takes as the name of an object. */
    private static final Pattern SUBDOMAIN =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

    private static final int NAME_CHARS_MAX = 253;

    /**
     * The Lease of the election {@code name}: slashes, which separate the elements of a name on other backends, become dots.
     *
     * @throws IllegalArgumentException if that is not the name of an object
     */
    static LeasePaths of(String namespace, String name) {
        // Before anything is looked for in it, which takes the square of its length.
        String lease = name.length() > NAME_CHARS_MAX
                ? ""
                : name.replaceAll("^/+|/+$", "").replaceAll("/+", ".");
        if (!SUBDOMAIN.matcher(lease).matches()) {
            throw new IllegalArgumentException("name '" + Excerpt.of(name)
                    + "' makes no name of a Lease: expected at most "
                    + NAME_CHARS_MAX + " lower-case letters, digits, '-', '.' and '/' (which becomes '.'), each element"
                    + " beginning and ending with a letter or digit");
        }
        return new LeasePaths(namespace, lease);
    }

    /** Where Leases are created. */
    String all() {
        return "/apis/coordination.k8s.io/v1/namespaces/" + namespace + "/leases";
    }

    /** Where this one is read and updated. */
    String one() {
        return all() + "/" + lease;
    }

    /** This one as a list, which has a version also when it is empty. */
    String list() {
        return all() + "?fieldSelector=metadata.name%3D" + lease;
    }

    /** What happens to this one after a version. */
    String watch(String resourceVersion) {
        return list() + "&watch=true&allowWatchBookmarks=true&resourceVersion=" + resourceVersion;
    }

    /** Where events are created. */
    String events() {
        return "/api/v1/namespaces/" + namespace + "/events";
    }
}
