package io.github.leaderelection.benchmarks;

import io.github.leaderelection.benchmarks.report.Report;
import io.github.leaderelection.benchmarks.report.Section;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Measures what it is told to, or all, and writes the report. Run by {@code scripts/benchmark}. */
final class BenchmarksMain {

    /** Measures, and tells what it came to. */
    private interface Measurement {
        Section measure(Plan plan) throws Exception;
    }

    private static final String HUGE_SECONDS = "huge-seconds=";

    private static final Map<String, Measurement> MEASUREMENTS = measurements();

    private BenchmarksMain() {}

    private static Map<String, Measurement> measurements() {
        Map<String, Measurement> all = new LinkedHashMap<>();
        all.put(Handoffs.NAME, Handoffs::measure);
        all.put(Crashes.NAME, Crashes::measure);
        all.put(Loads.STEADY, Loads::steady);
        all.put(Crowds.NAME, Crowds::measure);
        all.put(Loads.MANY, Loads::many);
        all.put(Loads.HUGE, Loads::huge);
        all.put(HotPaths.NAME, HotPaths::measure);
        return all;
    }

    /** Arguments: the directory of the report; then {@code quick}, {@code huge-seconds=N}, and names of measurements, none for all. */
    public static void main(String[] arguments) throws Exception {
        List<String> names = new ArrayList<>(List.of(arguments));
        Path directory = Path.of(names.remove(0));
        Plan planned = names.remove("quick") ? Plan.QUICK : Plan.FULL;
        Plan plan = names.stream()
                .filter(name -> name.startsWith(HUGE_SECONDS))
                .findFirst()
                .map(name -> planned.withHugeSeconds(Integer.parseInt(name.substring(HUGE_SECONDS.length()))))
                .orElse(planned);
        names.removeIf(name -> name.startsWith(HUGE_SECONDS));
        for (String name : names) {
            if (!MEASUREMENTS.containsKey(name)) {
                throw new IllegalArgumentException(
                        "expected quick or some of " + MEASUREMENTS.keySet() + ", but got '" + name + "'");
            }
        }
        Report report = new Report(directory, List.copyOf(MEASUREMENTS.keySet()));
        for (String name : names.isEmpty() ? MEASUREMENTS.keySet() : names) {
            run(name, plan, report);
        }
        System.exit(0); // some of the clients leave threads behind that are no daemons
    }

    private static void run(String name, Plan plan, Report report) throws Exception {
        Measurement measurement = MEASUREMENTS.get(name);
        if (measurement == null) {
            throw new IllegalStateException("there is no measurement " + name);
        }
        Instant begin = Instant.now();
        double loadBefore = loadAverage();
        System.out.printf(Locale.ROOT, "%s (%s), load average %.1f%n%n", name, plan.name(), loadBefore);
        Section section = measurement.measure(plan);
        String circumstances = String.format(
                Locale.ROOT,
                "Measured %s UTC with the plan `%s` in %d s; JDK %s, %d processors; load average of the machine %.1f "
                        + "before, %.1f after.",
                DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT)
                        .withZone(ZoneOffset.UTC)
                        .format(begin),
                plan.name(),
                Instant.now().getEpochSecond() - begin.getEpochSecond(),
                Runtime.version().feature(),
                Runtime.getRuntime().availableProcessors(),
                loadBefore,
                loadAverage());
        System.out.println(section.table().toMarkdown());
        System.out.println(circumstances);
        report.put(section, circumstances);
    }

    private static double loadAverage() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }
}
