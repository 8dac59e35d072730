package dev.steelyard.incremental.pretrainlm;

import dev.steelyard.incremental.language.DecoderStart;
import dev.steelyard.incremental.language.TextSplit;
import dev.steelyard.method.JobContext;
import dev.steelyard.method.Method;
import dev.steelyard.method.MethodException;
import dev.steelyard.method.MethodSpec;
import dev.steelyard.method.Outputs;
import dev.steelyard.method.Port;
import dev.steelyard.tensor.Torch;
import java.io.IOException;

/**
 * Trains a decoder language model of the Llama family (Touvron et al., "LLaMA: Open and Efficient Foundation Language
 * Models", 2023, arXiv:2302.13971) to foretell the next token of texts. A tokenizer is learned first where none is given
 * (byte-level byte-pair encoding; Sennrich et al., arXiv:1508.07909, and Radford et al., 2019); training may also go on
 * from a model that is there.
 */
public final class PretrainLm implements Method<PretrainLmParams> {
    private static final MethodSpec<PretrainLmParams> SPEC = MethodSpec.of("pretrain-lm", "3", PretrainLmParams.class)
            .summary("Trains a language model from texts, from nothing or on from another.")
            .paper("LLaMA: Open and Efficient Foundation Language Models", "arXiv:2302.13971")
            .description("""
                    Texts become one stream of tokens with an end token behind each, cut into windows of `context` \
                    tokens. A decoder of the Llama family learns to foretell each token from those before it in its \
                    window. Without a tokenizer a byte-level byte-pair encoding of `vocabulary` tokens is learned from \
                    the training texts. With the input `model` its weights, sizes and tokenizer are taken, and \
                    training goes on from there.

                    Whole texts are kept for validation, unless the data set has a part for it. The report tells loss, \
                    perplexity and bits per byte; the last can be compared between tokenizers.

                    Texts and tokens are held in memory (4 bytes a token); weights take 16 bytes a parameter with \
                    adamw, 4 more with `ema`, beside a batch's activations. A job that was interrupted continues from \
                    a state saved every 200 steps and ends with the same bits.""")
            .input(Port.dataset("data", "texts: .txt files, .jsonl with \"text\", or Parquet with a column text"))
            .input(Port.model("tokenizer", "a folder with tokenizer.json and tokenizer_config.json")
                    .optional())
            .input(Port.model("model", "a Llama model to go on from").optional())
            .output(Port.model("model", "config.json, model.safetensors and tokenizer, as transformers reads them"))
            .output(Port.report("report", "loss curves, validation loss, perplexity and bits per byte"))
            .example("a small model", "{}")
            .example(
                    "a model of bytes",
                    "{\"vocabulary\": 257, \"context\": 256, \"hiddenSize\": 192, \"heads\": 6, \"ema\": 0.999}")
            .example(
                    "with AdamP, a batch in four parts",
                    "{\"optimizer\": {\"name\": \"adamp\"}, \"batch\": 8, \"accumulate\": 4}")
            .build();

    @Override
    public MethodSpec<PretrainLmParams> spec() {
        return SPEC;
    }

    @Override
    public Outputs run(PretrainLmParams params, JobContext job)
            throws MethodException, IOException, InterruptedException {
        Torch engine = Torch.start(job.threads());
        TextSplit texts = TextSplit.read("data", job.input("data"), params.validationShare(), job.random("split"));
        try (DecoderStart start = DecoderStart.of(params.sizes(), job, texts);
                Pretraining training = Pretraining.begin(engine, params, job, start, texts)) {
            training.run();
            return new PretrainingResult(SPEC, params, start, training).write(job);
        }
    }
}
