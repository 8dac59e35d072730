package dev.steelyard.probe.tensors;

/** {@link Tensors} takes no parameters. */
public record TensorsParams() {}
