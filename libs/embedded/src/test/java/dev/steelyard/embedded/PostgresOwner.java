package dev.steelyard.embedded;

import java.nio.file.Path;

/** A program that owns a database server, to be killed by a test. */
final class PostgresOwner {
    private PostgresOwner() {}

    /** @param args the folder */
    public static void main(String[] args) throws InterruptedException {
        new EmbeddedPostgres(Path.of(args[0]), 0, new Children()).start();
        System.out.println("running");
        Thread.sleep(Long.MAX_VALUE);
    }
}
