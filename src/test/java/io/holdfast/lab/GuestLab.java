package io.holdfast.lab;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;

/** A lab with the agent in a program that knows nothing of it; one test's program ends before the next one's begins. */
abstract class GuestLab {
    static Lab lab;
    LabProcess guest;

    @AfterAll
    static void stop() throws Exception {
        if (lab != null) {
            lab.close();
            lab = null;
        }
    }

    @AfterEach
    void end() throws Exception {
        if (guest != null) {
            guest.end();
        }
    }
}
