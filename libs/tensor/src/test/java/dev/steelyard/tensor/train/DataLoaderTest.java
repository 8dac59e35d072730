package dev.steelyard.tensor.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DataLoaderTest {
    @Test
    void each_pass_takes_every_item_once_in_an_order_of_its_own() {
        var shuffle = new Shuffle(100, 7);
        for (int pass = 0; pass < 3; pass++) {
            int[] order = shuffle.order(pass);
            assertThat(order).isEqualTo(new Shuffle(100, 7).order(pass));
            assertThat(order).isNotEqualTo(shuffle.order(pass + 1));
            assertThat(order).isNotEqualTo(new Shuffle(100, 8).order(pass));
            Arrays.sort(order);
            assertThat(order).isEqualTo(IntStream.range(0, 100).toArray());
        }
    }

    /** All orders of three items come equally often: 6 orders, 6,000 passes, deviation √(6000·5/36) ≈ 29. */
    @Test
    void all_orders_are_equally_likely() {
        var shuffle = new Shuffle(3, 1);
        int[] counts = new int[27];
        for (int pass = 0; pass < 6000; pass++) {
            int[] order = shuffle.order(pass);
            counts[order[0] * 9 + order[1] * 3 + order[2]]++;
        }
        assertThat(Arrays.stream(counts).filter(n -> n > 0)).hasSize(6).allMatch(n -> Math.abs(n - 1000) < 150);
    }

    @Test
    void loader_continues_at_any_position() throws IOException, InterruptedException {
        List<List<Integer>> straight;
        try (var loader = loader()) {
            straight = take(loader, 12);
            assertThat(loader.position()).isEqualTo(12);
        }
        try (var loader = loader()) {
            take(loader, 3);
            loader.seek(7);
            assertThat(take(loader, 5)).isEqualTo(straight.subList(7, 12));
        }
    }

    @Test
    void batches_know_their_number_wherever_the_run_continues() throws IOException, InterruptedException {
        try (var loader = new DataLoader<>((number, items) -> number * 100 + items.length, new Shuffle(10, 1), 3, 2)) {
            assertThat(loader.next()).isEqualTo(3);
            assertThat(loader.next()).isEqualTo(103);
            loader.seek(40);
            assertThat(loader.next()).isEqualTo(4003);
        }
    }

    @Test
    void pass_leaves_its_rest_out() throws IOException, InterruptedException {
        try (var loader = loader()) {
            assertThat(loader.batchesPerPass()).isEqualTo(3);
            assertThat(take(loader, 3).stream().flatMap(List::stream))
                    .hasSize(9)
                    .doesNotHaveDuplicates();
        }
    }

    @Test
    void failure_to_load_reaches_the_caller() {
        try (var loader = new DataLoader<>(
                items -> {
                    throw new IOException("row 17: no label");
                },
                new Shuffle(10, 1),
                3,
                2)) {
            assertThatThrownBy(loader::next).isInstanceOf(IOException.class).hasMessage("row 17: no label");
        }
    }

    @Test
    void batch_larger_than_the_data_is_refused() {
        assertThatThrownBy(() -> new DataLoader<>(items -> items, new Shuffle(10, 1), 11, 2))
                .hasMessageContaining("a batch of 1 to 10");
    }

    private static DataLoader<int[]> loader() {
        return new DataLoader<>(items -> items, new Shuffle(10, 7), 3, 2);
    }

    private static List<List<Integer>> take(DataLoader<int[]> loader, int batches)
            throws IOException, InterruptedException {
        List<List<Integer>> taken = new ArrayList<>();
        for (int i = 0; i < batches; i++) {
            taken.add(Arrays.stream(loader.next()).boxed().toList());
        }
        return taken;
    }
}
