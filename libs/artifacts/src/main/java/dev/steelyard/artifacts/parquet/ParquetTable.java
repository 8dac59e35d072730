package dev.steelyard.artifacts.parquet;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Writes a table, such as the results of a job, as Apache Parquet (format version 1). Columns are required, plainly
 * encoded and not compressed, and nothing but the rows goes into the file: the same rows give the same bytes. At most
 * 16 MiB of rows are held in memory.
 */
public final class ParquetTable implements AutoCloseable {
    private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);
    private static final int GROUP_BYTES = 16 << 20;
    private static final int PLAIN = 0;
    private static final int RLE = 3;

    private final List<Column> columns;
    private final OutputStream out;
    private final List<ByteArrayOutputStream> values = new ArrayList<>();
    private final List<Consumer<CompactWriter>> groups = new ArrayList<>();
    private long position;
    private long rows;
    private int groupRows;

    private ParquetTable(List<Column> columns, OutputStream out) {
        this.columns = columns;
        this.out = out;
        columns.forEach(_ -> values.add(new ByteArrayOutputStream()));
    }

    /** @param file must not exist yet */
    public static ParquetTable create(Path file, List<Column> columns) throws IOException {
        if (columns.isEmpty() || columns.stream().map(Column::name).distinct().count() != columns.size()) {
            throw new IllegalArgumentException("expected columns, none twice: " + columns);
        }
        OutputStream stream = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW);
        ParquetTable table = new ParquetTable(List.copyOf(columns), new BufferedOutputStream(stream, 1 << 16));
        table.write(MAGIC);
        return table;
    }

    /** @param row for each column a String, a Long or Integer, or a Double, as its type asks */
    public void add(Object... row) throws IOException {
        if (row.length != columns.size()) {
            throw new IllegalArgumentException("%d values for %d columns".formatted(row.length, columns.size()));
        }
        for (int i = 0; i < row.length; i++) {
            values.get(i).writeBytes(plain(columns.get(i), row[i]));
        }
        rows++;
        groupRows++;
        if (values.stream().mapToLong(ByteArrayOutputStream::size).sum() >= GROUP_BYTES) {
            endGroup();
        }
    }

    private static byte[] plain(Column column, Object value) {
        return switch (value) {
            case String text
            when column.type() == Column.Type.TEXT -> {
                byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
                yield buffer(Integer.BYTES + utf8.length)
                        .putInt(utf8.length)
                        .put(utf8)
                        .array();
            }
            case Long whole
            when column.type() == Column.Type.WHOLE ->
                buffer(Long.BYTES).putLong(whole).array();
            case Integer whole
            when column.type() == Column.Type.WHOLE ->
                buffer(Long.BYTES).putLong(whole).array();
            case Double number
            when column.type() == Column.Type.NUMBER ->
                buffer(Double.BYTES).putDouble(number).array();
            default -> throw new IllegalArgumentException("%s is no value of %s".formatted(value, column));
        };
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void endGroup() throws IOException {
        List<Consumer<CompactWriter>> chunks = new ArrayList<>();
        long start = position;
        for (int i = 0; i < columns.size(); i++) {
            chunks.add(chunk(columns.get(i), values.get(i)));
        }
        long bytes = position - start;
        long count = groupRows;
        groups.add(group -> group.structs(1, chunks).i64(2, bytes).i64(3, count));
        groupRows = 0;
    }

    /** Writes a column of the group as one page. */
    private Consumer<CompactWriter> chunk(Column column, ByteArrayOutputStream page) throws IOException {
        int count = groupRows;
        int size = page.size();
        long offset = position;
        write(new CompactWriter()
                .struct(header -> header.i32(1, 0)
                        .i32(2, size)
                        .i32(3, size)
                        .struct(
                                5,
                                data -> data.i32(1, count)
                                        .i32(2, PLAIN)
                                        .i32(3, RLE)
                                        .i32(4, RLE)))
                .bytes());
        write(page.toByteArray());
        page.reset();
        long bytes = position - offset;
        return chunk -> chunk.i64(2, offset)
                .struct(
                        3,
                        data -> data.i32(1, column.type().code)
                                .i32s(2, List.of(PLAIN, RLE))
                                .texts(3, List.of(column.name()))
                                .i32(4, 0)
                                .i64(5, count)
                                .i64(6, bytes)
                                .i64(7, bytes)
                                .i64(9, offset));
    }

    private void write(byte[] bytes) throws IOException {
        out.write(bytes);
        position += bytes.length;
    }

    /** Writes what tells readers where everything is; without it the file is none. */
    public void finish() throws IOException {
        if (groupRows > 0) {
            endGroup();
        }
        List<Consumer<CompactWriter>> schema = new ArrayList<>();
        schema.add(root -> root.text(4, "schema").i32(5, columns.size()));
        for (Column column : columns) {
            schema.add(leaf -> leaf(leaf, column));
        }
        byte[] footer = new CompactWriter()
                .struct(file -> file.i32(1, 1)
                        .structs(2, schema)
                        .i64(3, rows)
                        .structs(4, groups)
                        .text(6, "steelyard"))
                .bytes();
        write(footer);
        write(buffer(Integer.BYTES).putInt(footer.length).array());
        write(MAGIC);
        out.flush();
    }

    private static void leaf(CompactWriter leaf, Column column) {
        leaf.i32(1, column.type().code).i32(3, 0).text(4, column.name());
        if (column.type() == Column.Type.TEXT) {
            leaf.i32(6, 0).struct(10, logical -> logical.struct(1, _ -> {}));
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
