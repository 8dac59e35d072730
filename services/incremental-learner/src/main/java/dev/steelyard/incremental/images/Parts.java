package dev.steelyard.incremental.images;

import dev.steelyard.tensor.nn.Normalization;
import dev.steelyard.tensor.nn.ParameterStore;
import dev.steelyard.tensor.nn.Reparametrization;
import dev.steelyard.tensor.train.RandomTensors;

/**
 * What a network is made of.
 *
 * @param normalization after each layer but the last
 * @param form of the weights of all layers but the last
 * @param headForm of the last layer's weight
 * @param activations after each normalization
 */
public record Parts(
        ParameterStore store,
        RandomTensors random,
        Normalization normalization,
        Reparametrization form,
        Reparametrization headForm,
        Activations activations) {

    /** With ReLU. */
    public Parts(
            ParameterStore store,
            RandomTensors random,
            Normalization normalization,
            Reparametrization form,
            Reparametrization headForm) {
        this(store, random, normalization, form, headForm, Activations.RELU);
    }

    /** Plain weights. */
    public static Parts of(ParameterStore store, RandomTensors random, Normalization normalization) {
        return new Parts(store, random, normalization, Reparametrization.NONE, Reparametrization.NONE);
    }
}
