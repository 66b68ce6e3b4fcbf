package io.holdfast.tcp.recovery;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** CUBIC and loss recovery together, with the windows that Linux showed in the same situations. */
final class CubicScenarioTest {
    /** A timeout at a window of 10, slow start to 7, then growth as Reno's estimate allows. */
    @Test
    void shouldGrowAfterATimeoutAsLinuxDoes() {
        final ScriptedSender sender = new ScriptedSender("cubic", true, false, 100);
        sender.write(1).at(100).ack(1);
        assertEquals(10, sender.cwnd(), "not limited by the window");
        sender.write(1).forget().at(400).sends("P1:2").at(700).sends("R1:2");
        sender.at(800).ack(2);
        assertEquals(2, sender.cwnd());
        assertEquals(7, sender.congestion.ssthresh());
        sender.write(200).sends("2:3", "3:4");
        double now = 800;
        final double[] steps = {100, 2, 98, 2, 2};
        for (int i = 0; i < steps.length; i++) {
            now += steps[i];
            sender.at(now).ack(3 + i);
            assertEquals(3 + i, sender.cwnd());
        }
        final double[] avoidance = {2, 98, 2, 2, 2, 2, 2, 2, 98, 3, 2, 2, 2, 2, 2};
        for (int i = 0; i < avoidance.length; i++) {
            now += avoidance[i];
            sender.at(now).ack(8 + i);
            assertEquals(7, sender.cwnd(), "segment " + (8 + i));
        }
        sender.at(now + 98).ack(23);
        assertEquals(8, sender.cwnd());
    }

    /** Two segments each 100 ms out of a standing window: no credit for four idle seconds. */
    @Test
    void shouldNotTakeIdleTimeForGrowth() {
        final ScriptedSender sender = new ScriptedSender("cubic", true, false, 100);
        sender.recovery.slowStartAfterIdle(false);
        sender.congestion.cwnd(48);
        sender.congestion.ssthresh(48);
        sender.write(48).at(100).ack(48);
        final int before = sender.cwnd();
        sender.at(4_100).write(160);
        for (int i = 1; i <= 10; i++) {
            sender.at(4_100 + 100 * i).ack(48 + 2 * i);
        }
        assertTrue(sender.cwnd() - before <= 1, "cwnd " + before + " to " + sender.cwnd());
    }
}
