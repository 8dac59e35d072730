package dev.steelyard.quantizer.agreement;

/**
 * How close the embeddings of the quantized model are to those of the original.
 *
 * @param sentences compared
 * @param meanCosine over all of them
 * @param minCosine of the worst
 * @param worst the sentence it belongs to
 */
public record Agreement(int sentences, double meanCosine, double minCosine, String worst) {}
