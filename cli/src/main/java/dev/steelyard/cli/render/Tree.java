package dev.steelyard.cli.render;

import java.util.ArrayList;
import java.util.List;

/**
 * A tree drawn with box characters.
 *
 * @param label one line
 * @param children below it, in order
 */
public record Tree(String label, List<Tree> children) {

    public Tree {
        children = List.copyOf(children);
    }

    /** The lines, root first. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(label);
        drawChildren("", lines);
        return lines;
    }

    private void drawChildren(String indent, List<String> lines) {
        for (int i = 0; i < children.size(); i++) {
            boolean last = i == children.size() - 1;
            Tree child = children.get(i);
            lines.add(indent + (last ? "└─ " : "├─ ") + child.label);
            child.drawChildren(indent + (last ? "   " : "│  "), lines);
        }
    }
}
