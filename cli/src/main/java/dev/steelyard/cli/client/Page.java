package dev.steelyard.cli.client;

import java.util.List;

/**
 * Part of a list.
 *
 * @param items in the list's order
 * @param next cursor of the rest; empty at the end
 */
public record Page<T>(List<T> items, String next) {}
