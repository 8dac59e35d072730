package dev.steelyard.proof;

import java.math.BigDecimal;
import java.math.MathContext;

/** One line of a proof's table. */
sealed interface Claim {

    /** In words. */
    String claim();

    /** A figure that must not be on the wrong side of its bound; what is not a number is on the wrong side. */
    record Bounded(String claim, double measured, Side side, double bound) implements Claim {

        boolean passes() {
            return switch (side) {
                case AT_LEAST -> measured >= bound;
                case AT_MOST -> measured <= bound;
            };
        }

        String verdict() {
            return passes() ? "PASS" : "FAIL";
        }

        /** The same as a number JSON can hold: infinite ones become the largest, and none the worst. */
        double finite() {
            double worst = side == Side.AT_LEAST ? -Double.MAX_VALUE : Double.MAX_VALUE;
            return Double.isNaN(measured) ? worst : Math.clamp(measured, -Double.MAX_VALUE, Double.MAX_VALUE);
        }
    }

    /** A figure without a bound, told for the record. */
    record Noted(String claim, String figure) implements Claim {}

    /** A claim that could not be held against anything here. */
    record NotMeasured(String claim, String reason) implements Claim {}

    /** Which side of its bound a figure has to be on. */
    enum Side {
        AT_LEAST("≥", "at least"),
        AT_MOST("≤", "at most");

        private final String sign;
        private final String words;

        Side(String sign, String words) {
            this.sign = sign;
            this.words = words;
        }

        String sign() {
            return sign;
        }

        String words() {
            return words;
        }
    }

    /** Five digits at most, without zeros that say nothing. */
    static String number(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return Double.toString(value);
        }
        BigDecimal rounded = new BigDecimal(value).round(new MathContext(5)).stripTrailingZeros();
        double size = Math.abs(value);
        return size != 0 && (size < 1e-3 || size >= 1e9) ? rounded.toString() : rounded.toPlainString();
    }
}
