package dev.steelyard.artifacts.parquet;

/** A column of a table, never null. */
public record Column(String name, Type type) {

    /** What a column holds. */
    public enum Type {
        /** UTF-8. */
        TEXT(6),
        /** 64 bits, signed. */
        WHOLE(2),
        /** Double precision. */
        NUMBER(5);

        /** The physical type in Parquet's format. */
        final int code;

        Type(int code) {
            this.code = code;
        }
    }

    public Column {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a column needs a name");
        }
    }

    public static Column text(String name) {
        return new Column(name, Type.TEXT);
    }

    public static Column whole(String name) {
        return new Column(name, Type.WHOLE);
    }

    public static Column number(String name) {
        return new Column(name, Type.NUMBER);
    }
}
