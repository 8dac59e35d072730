package dev.steelyard.incremental.gacil;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * Generalized class-incremental task streams (Moon and others, "Online Class Incremental Learning on Stochastic Blurry
 * Task Boundary", ICCV 2023): some classes belong to one task only, the others' samples are partly spread over all
 * tasks, and tasks differ in size and in the number of their classes. As in the authors' sampler, the classes that belong
 * to one task are rounded down to a multiple of T, the others are all that remain, rounded down too.
 *
 * @param tasks T, 1 or more
 * @param disjoint percent of the classes that belong to one task each, r_D
 * @param blurry percent of the other classes' samples that are spread, r_B
 */
record SiBlurry(int tasks, int disjoint, int blurry) {

    /**
     * A stream.
     *
     * @param tasks rows in order, for each task; a task may be empty
     * @param dropped classes that were left over and do not appear
     */
    record Stream(List<int[]> tasks, List<Integer> dropped) {}

    /** @param labels class of each row, from 0 */
    Stream cut(int[] labels, int classes, RandomGenerator random) {
        List<Integer> order =
                new ArrayList<>(IntStream.range(0, classes).boxed().toList());
        Collections.shuffle(order, Random.from(random));
        int alone = classes * disjoint / 100 / tasks * tasks;
        int mixed = (classes - alone) / tasks * tasks;
        List<List<Integer>> aloneByTask = parts(order.subList(0, alone), cuts(alone, random));
        List<List<Integer>> mixedByTask = parts(order.subList(alone, alone + mixed), cuts(mixed, random));
        List<List<Integer>> fixed = rows(aloneByTask, labels, random);
        List<List<Integer>> loose = rows(mixedByTask, labels, random);
        spread(loose, random);
        List<int[]> stream = new ArrayList<>();
        for (int task = 0; task < tasks; task++) {
            List<Integer> all = new ArrayList<>(fixed.get(task));
            all.addAll(loose.get(task));
            Collections.shuffle(all, Random.from(random));
            stream.add(all.stream().mapToInt(Integer::intValue).toArray());
        }
        return new Stream(stream, order.subList(alone + mixed, classes));
    }

    /** Takes samples off the heads of the tasks' lists, mixes them and hands back as many as were taken. */
    private void spread(List<List<Integer>> loose, RandomGenerator random) {
        int all = loose.stream().mapToInt(List::size).sum();
        int pooled = all * blurry / 100;
        int[] cuts = cuts(pooled, random);
        List<Integer> pool = new ArrayList<>();
        int[] taken = new int[tasks];
        for (int task = 0; task < tasks; task++) {
            List<Integer> mine = loose.get(task);
            taken[task] = Math.min(mine.size(), cuts[task + 1] - cuts[task]);
            List<Integer> head = mine.subList(0, taken[task]);
            pool.addAll(head);
            head.clear();
        }
        Collections.shuffle(pool, Random.from(random));
        int from = 0;
        for (int task = 0; task < tasks; task++) {
            loose.get(task).addAll(pool.subList(from, from + taken[task]));
            from += taken[task];
        }
    }

    private List<List<Integer>> rows(List<List<Integer>> classes, int[] labels, RandomGenerator random) {
        List<List<Integer>> rows = new ArrayList<>();
        for (List<Integer> mine : classes) {
            List<Integer> found = new ArrayList<>(IntStream.range(0, labels.length)
                    .filter(row -> mine.contains(labels[row]))
                    .boxed()
                    .toList());
            Collections.shuffle(found, Random.from(random));
            rows.add(found);
        }
        return rows;
    }

    /** 0, T − 1 random points in order, and n. */
    private int[] cuts(int n, RandomGenerator random) {
        int[] cuts = new int[tasks + 1];
        for (int i = 1; i < tasks; i++) {
            cuts[i] = random.nextInt(n + 1);
        }
        cuts[tasks] = n;
        Arrays.sort(cuts);
        return cuts;
    }

    private static List<List<Integer>> parts(List<Integer> list, int[] cuts) {
        List<List<Integer>> parts = new ArrayList<>();
        for (int i = 1; i < cuts.length; i++) {
            parts.add(list.subList(cuts[i - 1], cuts[i]));
        }
        return parts;
    }
}
