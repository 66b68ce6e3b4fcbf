package io.holdfast.conformance.script;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A condition on numbers with names: {@code 9 <= tcpi_snd_cwnd < 12 and not tcpi_lost}. Truth is 1 and 0, as in C; the
 * operators are Python's, in which scripts of this kind are written.
 */
public final class Expression {
    private static final Pattern TOKEN = Pattern.compile("\\s*(\\d+|\\w+|[<>=!]=|[-+*/%<>()])");
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=");

    private final String text;
    private final Node root;
    private final Set<String> names = new TreeSet<>();
    private final List<String> tokens = new ArrayList<>();
    private int next;

    private interface Node {
        long value(ToLongFunction<String> variables);
    }

    private Expression(final String text) {
        this.text = text.trim();
        final Matcher matcher = TOKEN.matcher(this.text);
        int end = 0;
        while (matcher.lookingAt()) {
            tokens.add(matcher.group(1));
            end = matcher.end();
            matcher.region(end, this.text.length());
        }
        if (end < this.text.length()) {
            throw new ScriptException("cannot read " + this.text.substring(end));
        }
        root = or();
        if (next < tokens.size()) {
            throw new ScriptException("unexpected " + tokens.get(next) + " in " + this.text);
        }
    }

    static Expression parse(final String text) {
        return new Expression(text);
    }

    /** Names of the variables in it. */
    public Set<String> names() {
        return names;
    }

    public boolean holds(final ToLongFunction<String> variables) {
        return root.value(variables) != 0;
    }

    @Override
    public String toString() {
        return text;
    }

    private boolean accept(final String token) {
        if (next < tokens.size() && tokens.get(next).equals(token)) {
            next++;
            return true;
        }
        return false;
    }

    private Node or() {
        Node left = and();
        while (accept("or")) {
            final Node a = left;
            final Node b = and();
            left = v -> a.value(v) != 0 ? 1 : b.value(v);
        }
        return left;
    }

    private Node and() {
        Node left = not();
        while (accept("and")) {
            final Node a = left;
            final Node b = not();
            left = v -> a.value(v) == 0 ? 0 : b.value(v);
        }
        return left;
    }

    private Node not() {
        if (accept("not")) {
            final Node a = not();
            return v -> a.value(v) == 0 ? 1 : 0;
        }
        return comparison();
    }

    /** Chained as in mathematics: a < b < c. */
    private Node comparison() {
        final Node first = sum();
        final List<String> operators = new ArrayList<>();
        final List<Node> operands = new ArrayList<>();
        while (next < tokens.size() && COMPARISONS.contains(tokens.get(next))) {
            operators.add(tokens.get(next++));
            operands.add(sum());
        }
        if (operators.isEmpty()) {
            return first;
        }
        return v -> {
            long left = first.value(v);
            for (int i = 0; i < operators.size(); i++) {
                final long right = operands.get(i).value(v);
                if (!compare(left, operators.get(i), right)) {
                    return 0;
                }
                left = right;
            }
            return 1;
        };
    }

    private static boolean compare(final long a, final String operator, final long b) {
        return switch (operator) {
            case "==" -> a == b;
            case "!=" -> a != b;
            case "<" -> a < b;
            case "<=" -> a <= b;
            case ">" -> a > b;
            default -> a >= b;
        };
    }

    private Node sum() {
        Node left = product();
        while (true) {
            final Node a = left;
            if (accept("+")) {
                final Node b = product();
                left = v -> a.value(v) + b.value(v);
            } else if (accept("-")) {
                final Node b = product();
                left = v -> a.value(v) - b.value(v);
            } else {
                return left;
            }
        }
    }

    private Node product() {
        Node left = operand();
        while (true) {
            final Node a = left;
            if (accept("*")) {
                final Node b = operand();
                left = v -> a.value(v) * b.value(v);
            } else if (accept("/")) {
                final Node b = operand();
                left = v -> a.value(v) / b.value(v);
            } else if (accept("%")) {
                final Node b = operand();
                left = v -> a.value(v) % b.value(v);
            } else {
                return left;
            }
        }
    }

    private Node operand() {
        if (accept("(")) {
            final Node inner = or();
            if (!accept(")")) {
                throw new ScriptException("a parenthesis is missing in " + text);
            }
            return inner;
        }
        if (accept("-")) {
            final Node a = operand();
            return v -> -a.value(v);
        }
        if (next >= tokens.size()) {
            throw new ScriptException("something is missing in " + text);
        }
        final String token = tokens.get(next++);
        if (Character.isDigit(token.charAt(0))) {
            final long number = Long.parseLong(token);
            return v -> number;
        }
        if (!Character.isJavaIdentifierStart(token.charAt(0))) {
            throw new ScriptException("unexpected " + token + " in " + text);
        }
        names.add(token);
        return v -> v.applyAsLong(token);
    }
}
