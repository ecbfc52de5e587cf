package io.github.leaderelection.testservers;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an API server counts of the requests for Leases, in the text of its metrics. */
final class KubeMetrics {

    private static final Pattern LINE = Pattern.compile("(?m)^(\\w+)\\{(.*)} (\\S+)$");
    private static final Pattern VERB = Pattern.compile("\\bverb=\"(\\w+)\"");

    private KubeMetrics() {}

    /** The sums of a metric for the resource {@code leases}, by verb. */
    static Map<String, Long> leasesByVerb(String metrics, String name) {
        Map<String, Long> sums = new TreeMap<>();
        Matcher line = LINE.matcher(metrics);
        while (line.find()) {
            String labels = line.group(2);
            Matcher verb = VERB.matcher(labels);
            if (line.group(1).equals(name) && labels.contains("resource=\"leases\"") && verb.find()) {
                sums.merge(verb.group(1), (long) Double.parseDouble(line.group(3)), Long::sum);
            }
        }
        return sums;
    }
}
