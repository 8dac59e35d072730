package dev.steelyard.proof;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Looks for the learning rate with the smallest loss. A best rate at an end of those tried may have a better one beyond:
 * then the next one there is tried, too, as far from it as its neighbour is.
 */
final class RateSearch {
    private static final int MOST_FURTHER = 4;

    private final List<Double> first;
    private final TreeMap<Double, Double> losses = new TreeMap<>();

    /** @param rates to begin with, at least two */
    RateSearch(List<Double> rates) {
        if (rates.size() < 2) {
            throw new IllegalArgumentException("at least two learning rates are compared: " + rates);
        }
        first = rates;
    }

    /** What a rate came to; infinite when it is not a number. */
    void tried(double rate, double loss) {
        losses.put(rate, Double.isNaN(loss) ? Double.POSITIVE_INFINITY : loss);
    }

    /** Rates to be tried next; none when the search is over. */
    List<Double> next() {
        List<Double> open =
                first.stream().filter(rate -> !losses.containsKey(rate)).toList();
        if (!open.isEmpty()) {
            return open;
        }
        if (losses.size() >= first.size() + MOST_FURTHER) {
            return List.of();
        }
        return Stream.of(losses.navigableKeySet(), losses.descendingKeySet())
                .map(List::copyOf)
                .filter(fromEnd -> fromEnd.getFirst() == best())
                .map(fromEnd -> beyond(fromEnd.get(0), fromEnd.get(1)))
                .toList();
    }

    /** With three digits, so that rates read as they were used. */
    private static double beyond(double end, double neighbour) {
        return Double.parseDouble(String.format(Locale.ROOT, "%.2e", end * end / neighbour));
    }

    /** The rate with the smallest loss; of equal ones the smallest. */
    double best() {
        return losses.entrySet().stream()
                .min(Map.Entry.comparingByValue(Comparator.naturalOrder()))
                .orElseThrow()
                .getKey();
    }

    /** Whether a smaller and a larger rate than the best one were tried. */
    boolean isBracketed() {
        return best() != losses.firstKey() && best() != losses.lastKey();
    }
}
