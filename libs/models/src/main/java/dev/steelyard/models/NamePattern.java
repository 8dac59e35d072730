package dev.steelyard.models;

import java.util.List;

/**
 * A pattern of names of tensors or modules, in which * stands for any characters, none too. Takes steps as many as the
 * pattern is long times the name, whatever the pattern.
 */
public record NamePattern(String pattern) {

    /** Whether a name fits one of some patterns. */
    public static boolean anyFits(List<String> patterns, String name) {
        return patterns.stream().anyMatch(pattern -> new NamePattern(pattern).fits(name));
    }

    /** Whether all of a name is what the pattern says. */
    public boolean fits(String name) {
        int at = 0; // in the pattern
        int in = 0; // in the name
        int star = -1; // the last * so far
        int taken = 0; // the name up to here is before that * or stood for by it
        while (in < name.length()) {
            if (at < pattern.length() && pattern.charAt(at) == '*') {
                star = at++;
                taken = in;
            } else if (at < pattern.length() && pattern.charAt(at) == name.charAt(in)) {
                at++;
                in++;
            } else if (star >= 0) {
                at = star + 1;
                in = ++taken;
            } else {
                return false;
            }
        }
        return pattern.chars().skip(at).allMatch(c -> c == '*');
    }
}
