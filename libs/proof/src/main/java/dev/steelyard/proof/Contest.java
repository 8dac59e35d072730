package dev.steelyard.proof;

import dev.steelyard.cli.client.Job;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;

/**
 * Ways to train side by side, each at the learning rate that suits it: the best of its own by data kept apart, with
 * rates tried on both sides of it. Jobs of all contenders wait for the platform's workers at once.
 */
public final class Contest {
    private final ProofPlatform platform;
    private final Trial trial;

    /** How a contender is run. */
    public interface Trial {

        /** Submits a job. */
        Job submit(Contender contender, double rate, long seed);
    }

    public Contest(ProofPlatform platform, Trial trial) {
        this.platform = platform;
        this.trial = trial;
    }

    /**
     * Chooses a learning rate for each contender.
     *
     * @param seeds how many decide, from 1 on
     * @param figure loss on data kept apart, whose mean over the seeds decides
     * @return the runs at the chosen rates
     */
    public Standings choose(List<Contender> contenders, int seeds, String figure) {
        List<Search> searches = contenders.stream()
                .map(contender -> new Search(contender, seeds, figure))
                .toList();
        for (List<Search> open = searches; !open.isEmpty(); ) {
            open.forEach(Search::submit);
            open.forEach(Search::await);
            open = open.stream().filter(Search::isOpen).toList();
        }
        return new Standings(searches.stream().map(Search::chosen).toList());
    }

    /** A contender's way to its rate. */
    private final class Search {
        private final Contender contender;
        private final int seeds;
        private final String figure;
        private final RateSearch rates;
        private final List<Runs> tried = new ArrayList<>();
        private List<Pending> pending = List.of();

        private Search(Contender contender, int seeds, String figure) {
            this.contender = contender;
            this.seeds = seeds;
            this.figure = figure;
            this.rates = new RateSearch(contender.rates());
        }

        private boolean isOpen() {
            return !rates.next().isEmpty();
        }

        private void submit() {
            pending = rates.next().stream()
                    .map(rate -> Contest.this.submit(contender, rate, 1, seeds))
                    .toList();
        }

        private void await() {
            for (Pending each : pending) {
                Runs runs = each.await(platform);
                double loss = runs.mean(figure);
                System.out.printf("  %s, rate %s: %s %.4f%n", contender.name(), runs.rate(), figure, loss);
                rates.tried(runs.rate(), loss);
                tried.add(runs);
            }
        }

        private Runs chosen() {
            if (!rates.isBracketed()) {
                System.out.printf("  %s: its best rate is at an end of those tried%n", contender.name());
            }
            return tried.stream()
                    .filter(runs -> runs.rate() == rates.best())
                    .findFirst()
                    .orElseThrow();
        }
    }

    /** Runs contenders at rates already chosen, with seeds from 1 on. */
    public Standings run(Standings chosen, int seeds) {
        return run(chosen, _ -> 1, seeds);
    }

    /** Runs one contender at a rate, with seeds from 1 on. */
    public Runs run(Contender contender, double rate, int seeds) {
        return submit(contender, rate, 1, seeds).await(platform);
    }

    /** Adds the seeds that had no part in a choice. */
    public Standings complete(Standings chosen, int seeds) {
        Standings more = run(chosen, runs -> runs.all().size() + 1, seeds);
        return new Standings(chosen.all().stream()
                .map(runs -> runs.and(more.of(runs.contender()).all()))
                .toList());
    }

    private Standings run(Standings chosen, ToIntFunction<Runs> from, int to) {
        List<Pending> all = chosen.all().stream()
                .map(runs -> submit(runs.contender(), runs.rate(), from.applyAsInt(runs), to))
                .toList();
        return new Standings(all.stream().map(each -> each.await(platform)).toList());
    }

    private Pending submit(Contender contender, double rate, int from, int to) {
        return new Pending(
                contender,
                rate,
                IntStream.rangeClosed(from, to)
                        .mapToObj(seed -> trial.submit(contender, rate, seed))
                        .toList());
    }

    private record Pending(Contender contender, double rate, List<Job> jobs) {
        private Runs await(ProofPlatform platform) {
            return new Runs(contender, rate, jobs.stream().map(platform::await).toList());
        }
    }
}
