package dev.steelyard.cli.client;

import java.util.ArrayList;
import java.util.List;

/**
 * Why something was refused or failed. Members that say nothing are empty.
 *
 * @param status HTTP status; 0 for a failed job
 * @param code short stable code of a failed job
 * @param title of the kind of problem
 * @param detail one line
 * @param field JSON pointer of the parameter or field at fault
 * @param file input file at fault
 * @param tensor at fault
 */
public record Problem(int status, String code, String title, String detail, String field, String file, String tensor) {

    /** One line for people: what is wrong and where. */
    public String oneLine() {
        List<String> where = new ArrayList<>();
        add(where, "field", field);
        add(where, "file", file);
        add(where, "tensor", tensor);
        String what = detail.isEmpty() ? title : detail;
        String first = what.isEmpty() ? "refused with status " + status : what;
        return where.isEmpty() ? first : first + " (" + String.join(", ", where) + ")";
    }

    private void add(List<String> where, String name, String value) {
        if (!value.isEmpty() && !detail.contains(value)) {
            where.add(name + " " + value);
        }
    }
}
