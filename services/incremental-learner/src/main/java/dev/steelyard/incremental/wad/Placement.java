package dev.steelyard.incremental.wad;

import dev.steelyard.artifacts.dataset.ImageShape;

/** Where each pixel of a new image comes from in an old one of the same size: x' = xx·x + xy·y + x0, y' = yx·x + yy·y + y0. */
record Placement(ImageShape shape, double xx, double xy, double x0, double yx, double yy, double y0) {

    /**
     * A linear map around the centre of the new image.
     *
     * @param x where the new centre comes from, in pixels from the left edge
     * @param y the same from the upper edge
     */
    static Placement of(ImageShape shape, double xx, double xy, double yx, double yy, double x, double y) {
        double middleX = (shape.width() - 1) / 2.0;
        double middleY = (shape.height() - 1) / 2.0;
        return new Placement(
                shape, xx, xy, x - 0.5 - xx * middleX - xy * middleY, yx, yy, y - 0.5 - yx * middleX - yy * middleY);
    }

    /** Samples bilinearly; what lies outside is the reflection of what lies inside. */
    void sample(float[] from, float[] to, int at) {
        int width = shape.width();
        int height = shape.height();
        int plane = width * height;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double sourceX = inside(xx * x + xy * y + x0, width);
                double sourceY = inside(yx * x + yy * y + y0, height);
                int left = (int) sourceX;
                int up = (int) sourceY;
                float fx = (float) (sourceX - left);
                float fy = (float) (sourceY - up);
                int right = left + 1 < width ? 1 : 0;
                int down = up + 1 < height ? width : 0;
                int source = up * width + left;
                for (int target = at + y * width + x; source < from.length; source += plane, target += plane) {
                    float above = from[source] + fx * (from[source + right] - from[source]);
                    float below = from[source + down] + fx * (from[source + down + right] - from[source + down]);
                    to[target] = above + fy * (below - above);
                }
            }
        }
    }

    /** A place between the centres of the first and the last pixel: reflected at the edges where it is outside. */
    private static double inside(double place, int size) {
        double reflected = place < -0.5 ? -1 - place : place > size - 0.5 ? 2 * size - 1 - place : place;
        return Math.clamp(reflected, 0, size - 1);
    }
}
