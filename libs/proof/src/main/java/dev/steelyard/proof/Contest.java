package dev.steelyard.proof;

import dev.steelyard.cli.client.Job;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        Map<Contender, RateSearch> searches = new LinkedHashMap<>();
        contenders.forEach(contender -> searches.put(contender, new RateSearch(contender.rates())));
        Map<Contender, Map<Double, Runs>> tried = new LinkedHashMap<>();
        List<Pending> round = next(searches, seeds);
        while (!round.isEmpty()) {
            for (Pending pending : round) {
                Runs runs = pending.await(platform);
                double loss = runs.mean(figure);
                System.out.printf("  %s, rate %s: %s %.4f%n", runs.contender().name(), runs.rate(), figure, loss);
                Optional.ofNullable(searches.get(runs.contender()))
                        .orElseThrow()
                        .tried(runs.rate(), loss);
                tried.computeIfAbsent(runs.contender(), _ -> new LinkedHashMap<>())
                        .put(runs.rate(), runs);
            }
            round = next(searches, seeds);
        }
        return new Standings(searches.entrySet().stream()
                .map(entry -> chosen(entry.getKey(), entry.getValue(), tried))
                .toList());
    }

    private static Runs chosen(Contender contender, RateSearch search, Map<Contender, Map<Double, Runs>> tried) {
        if (!search.isBracketed()) {
            System.out.printf("  %s: its best rate is at an end of those tried%n", contender.name());
        }
        return Optional.ofNullable(tried.get(contender))
                .map(runs -> runs.get(search.best()))
                .orElseThrow();
    }

    private List<Pending> next(Map<Contender, RateSearch> searches, int seeds) {
        return searches.entrySet().stream()
                .flatMap(search ->
                        search.getValue().next().stream().map(rate -> submit(search.getKey(), rate, 1, seeds)))
                .toList();
    }

    /** Runs contenders at rates already chosen, with seeds from 1 on. */
    public Standings run(Standings chosen, int seeds) {
        List<Pending> all = chosen.all().stream()
                .map(runs -> submit(runs.contender(), runs.rate(), 1, seeds))
                .toList();
        return new Standings(all.stream().map(each -> each.await(platform)).toList());
    }

    /** Runs one contender at a rate, with seeds from 1 on. */
    public Runs run(Contender contender, double rate, int seeds) {
        return submit(contender, rate, 1, seeds).await(platform);
    }

    /** Adds the seeds that had no part in a choice. */
    public Standings complete(Standings chosen, int seeds) {
        Map<Runs, Pending> more = new LinkedHashMap<>();
        for (Runs runs : chosen.all()) {
            more.put(runs, submit(runs.contender(), runs.rate(), runs.all().size() + 1, seeds));
        }
        return new Standings(more.entrySet().stream()
                .map(each -> each.getKey().and(each.getValue().await(platform).all()))
                .toList());
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
