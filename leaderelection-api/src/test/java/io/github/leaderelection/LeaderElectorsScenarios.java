package io.github.leaderelection;

import io.github.leaderelection.spi.ElectorEngine;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;

/** What {@link LeaderElectorsTests} runs with fresh static state. Public, because they are made by reflection. */
final class LeaderElectorsScenarios {

    private LeaderElectorsScenarios() {}

    private static LeaderElectionConfig.Builder config() {
        return LeaderElectionConfig.builder()
                .lock(FakeLock.of(FakeLock.WHOLE_SECONDS))
                .callbacks(new SilentCallbacks());
    }

    private static MetricsProvider metrics() {
        return () -> LeaderElectors.provider().newLeaderMetric();
    }

    public static final class FirstProviderWins implements Callable<Boolean> {
        @Override
        public Boolean call() {
            MetricsProvider first = metrics();
            LeaderElectors.setProvider(first);
            LeaderElectors.setProvider(metrics());
            return LeaderElectors.provider() == first;
        }
    }

    public static final class ProviderIsThereBeforeAnyIsSet implements Callable<String> {
        @Override
        public String call() {
            LeaderMetric metric = LeaderElectors.provider().newLeaderMetric();
            metric.on("demo");
            metric.renewed("demo", Duration.ofMillis(3));
            metric.renewalDelayed("demo", Duration.ofMillis(3));
            metric.slowpathExercised("demo");
            metric.off("demo");
            return "silent";
        }
    }

    public static final class NullIsNoProvider implements Callable<Boolean> {
        @Override
        @SuppressWarnings("NullAway")
        public Boolean call() {
            MetricsProvider first = metrics();
            try {
                LeaderElectors.setProvider(null);
                return false;
            } catch (NullPointerException refused) {
                LeaderElectors.setProvider(first);
                return LeaderElectors.provider() == first;
            }
        }
    }

    public static final class CreateAndObserve implements Callable<String> {
        @Override
        public String call() {
            try {
                HealthzAdaptor watchDog = new HealthzAdaptor(Duration.ofSeconds(7));
                FakeElector elector = (FakeElector)
                        LeaderElectors.create(config().watchDog(watchDog).build());
                watchDog.check();
                LeaderObserver observer = LeaderElectors.observe(config().build());
                return "created, watched with " + elector.checks + ", observed " + observer.getLeader();
            } catch (IllegalStateException refused) {
                return String.valueOf(refused.getMessage());
            }
        }
    }

    public static final class RunOrDie implements Callable<List<Integer>> {
        @Override
        public List<Integer> call() throws InterruptedException {
            LeaderElectors.runOrDie(config().build());
            return List.of(Engine.last.runs, Engine.last.closes);
        }
    }

    public static class Engine implements ElectorEngine {
        static FakeElector last = new FakeElector();

        @Override
        public LeaderElector create(LeaderElectionConfig config) {
            last = new FakeElector();
            return last;
        }

        @Override
        public LeaderObserver observe(LeaderElectionConfig config) {
            return new LeaderObserver() {
                @Override
                public Optional<String> getLeader() {
                    return Optional.of("b");
                }

                @Override
                public void close() {}
            };
        }
    }

    public static final class OtherEngine extends Engine {}
}
