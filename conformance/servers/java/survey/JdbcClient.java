package survey;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;

/** One worker with a database in memory: URL of the server UNTIL, or URL - count. */
public final class JdbcClient {
    private static final int ROWS_A_CONNECTION = 150;
    private static final int READ_EVERY = 5;
    private static final int TEXT_MOST = 200;
    private static int rows;

    private JdbcClient() {
    }

    /** Ends with 0 if all was right. */
    public static void main(final String[] args) throws Exception {
        if (args.length > 2) {
            try (Connection connection = DriverManager.getConnection(args[0])) {
                System.out.println("rows " + count(connection));
            }
            return;
        }
        try {
            work(args[0], new Work(args[1]));
        } catch (final SQLException e) {
            e.printStackTrace(System.out);
            Work.fail(String.valueOf(e.getMessage()).replace('\n', ' '));
        }
        System.out.println("rows " + rows);
    }

    private static void work(final String url, final Work work) throws SQLException {
        final Random random = new Random(1);
        try (Connection connection = DriverManager.getConnection(url); Statement statement = connection.createStatement()) {
            statement.execute("create table t (id int primary key, v varchar(300))");
        }
        while (work.goOn()) {
            try (Connection connection = DriverManager.getConnection(url);
                PreparedStatement insert = connection.prepareStatement("insert into t values (?, ?)");
                PreparedStatement read = connection.prepareStatement("select v from t where id = ?")) {
                for (int i = 0; i < ROWS_A_CONNECTION && work.goOn(); i++) {
                    final long since = System.nanoTime();
                    insert.setInt(1, rows + 1);
                    insert.setString(2, text(rows + 1));
                    Work.expect(1, insert.executeUpdate(), "rows inserted");
                    rows++;
                    if (rows % READ_EVERY == 0) {
                        final int id = 1 + random.nextInt(rows);
                        read.setInt(1, id);
                        try (ResultSet found = read.executeQuery()) {
                            Work.expect(true, found.next(), "row " + id);
                            Work.expect(text(id), found.getString(1), "row " + id);
                        }
                    }
                    Work.done("row", since);
                }
                Work.expect(rows, count(connection), "count");
            }
        }
    }

    private static String text(final int id) {
        return "x".repeat(new Random(id).nextInt(TEXT_MOST)) + id;
    }

    private static int count(final Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
            ResultSet found = statement.executeQuery("select count(*) from t")) {
            found.next();
            return found.getInt(1);
        }
    }
}
