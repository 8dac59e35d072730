package dev.steelyard.incremental.wad;

import dev.steelyard.artifacts.dataset.ImageSet;
import dev.steelyard.artifacts.dataset.Matrix;
import dev.steelyard.tensor.NoGrad;
import dev.steelyard.tensor.TensorOwner;
import dev.steelyard.tensor.TensorScope;
import dev.steelyard.tensor.Tensors;
import dev.steelyard.tensor.train.TensorFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * Brings images to equal contrast and takes out what their pixels have in common: x ← 55·(x − mean)/‖x − mean‖ of each
 * image, then (x − μ)·(Σ + 0.1)^(−1/2) with mean μ and covariance Σ of all images that are learned from.
 */
final class Whitening implements AutoCloseable {
    static final int MOST_VALUES = 4096;

    private static final double CONTRAST = 55;
    private static final double RIDGE = 0.1;
    private static final double EPSILON = 1e-10;
    private static final int AT_ONCE = 1024;

    private final TensorOwner owner = new TensorOwner();
    private final Tensor mean; // [d]
    private final Tensor matrix; // [d, d]

    /** Of the images that are learned from. */
    Whitening(ImageSet images) {
        int d = images.shape().size();
        try (var _ = TensorScope.open();
                var _ = NoGrad.begin()) {
            Tensor sum = torch.zeros(new long[] {d}, Tensors.options(ScalarType.Double));
            Tensor products = torch.zeros(new long[] {d, d}, Tensors.options(ScalarType.Double));
            for (int from = 0; from < images.size(); from += AT_ONCE) {
                try (var _ = TensorScope.open()) {
                    Tensor x = contrasted(images, block(images, from)); // [n, d]
                    sum.add_(x.sum(0));
                    products.add_(torch.matmul(x.t(), x));
                }
            }
            int n = images.size();
            Tensor average = sum.div(new Scalar((double) n));
            Tensor covariance = products.sub(torch.outer(average, average).mul(new Scalar((double) n)))
                    .div(new Scalar(Math.max(1.0, n - 1.0)))
                    .add(torch.eye(d, Tensors.options(ScalarType.Double)).mul(new Scalar(RIDGE)));
            var eigen = torch.linalg_eigh(covariance);
            Tensor scaled =
                    eigen.get1().div(eigen.get0().add(new Scalar(EPSILON)).sqrt());
            mean = owner.own(average);
            matrix = owner.own(torch.matmul(scaled, eigen.get1().t()).contiguous());
        }
    }

    private static int[] block(ImageSet images, int from) {
        return IntStream.range(from, Math.min(from + AT_ONCE, images.size())).toArray();
    }

    /** [n, d], Double. */
    private static Tensor contrasted(ImageSet images, int[] chosen) {
        Tensor x = Tensors.of(
                        images.pixels(chosen), chosen.length, images.shape().size())
                .to(ScalarType.Double);
        Tensor centred = x.sub(x.mean(new long[] {1}, true, new ScalarTypeOptional()));
        Tensor norm = centred.norm(new ScalarOptional(new Scalar(2.0)), new long[] {1}, true);
        norm.masked_fill_(norm.lt(new Scalar(EPSILON)), new Scalar(1.0));
        return centred.div(norm).mul(new Scalar(CONTRAST));
    }

    /** The same images, whitened; labels stay. */
    ImageSet of(ImageSet images) {
        int d = images.shape().size();
        float[] all = new float[images.size() * d];
        try (var _ = NoGrad.begin()) {
            for (int from = 0; from < images.size(); from += AT_ONCE) {
                try (var _ = TensorScope.open()) {
                    Tensor x = contrasted(images, block(images, from));
                    float[] white = Tensors.toFloats(torch.matmul(x.sub(mean), matrix));
                    System.arraycopy(white, 0, all, from * d, white.length);
                }
            }
        }
        return new ImageSet(images.shape(), Matrix.of(images.size(), d, all), images.labels(), Optional.empty());
    }

    /** Writes mean and matrix, which whoever uses the student needs. */
    void write(Path file) throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("mean", mean);
        tensors.put("matrix", matrix);
        TensorFile.write(file, tensors, Map.of("contrast", String.valueOf(CONTRAST)));
    }

    @Override
    public void close() {
        owner.close();
    }
}
