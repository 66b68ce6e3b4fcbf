package io.holdfast.replication;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class ShadowStateTest {
    private final ShadowState state = new ShadowState();

    @Test
    void shouldBeAcceptedBeforeItEnds() {
        assertFalse(state.isAccepted() || state.isGone());
        state.onAccepted();
        assertEquals(ShadowState.There.ACCEPTED, state.there());
        state.onGone();
        assertEquals(ShadowState.There.GONE, state.there());
        assertTrue(state.isAccepted() && state.isGone());
    }

    @Test
    void shouldBeAcceptedAfterItsEnd() {
        state.onGone();
        assertEquals(ShadowState.There.GONE_UNACCEPTED, state.there());
        assertTrue(state.isGone() && !state.isAccepted());
        state.onAccepted();
        assertEquals(ShadowState.There.GONE, state.there());
    }

    @Test
    void shouldStayWhereItIsWhenItHearsTheSameAgain() {
        state.onAccepted();
        state.onAccepted();
        assertEquals(ShadowState.There.ACCEPTED, state.there());
        state.onGone();
        state.onGone();
        assertEquals(ShadowState.There.GONE, state.there());
    }

    @Test
    void shouldNotGoBackFromDetachedToGiven() {
        assertFalse(state.isGiven());
        state.onGiven();
        assertEquals(ShadowState.Here.GIVEN, state.here());
        state.onDetached();
        state.onGiven();
        assertEquals(ShadowState.Here.DETACHED, state.here());
        assertTrue(state.isGiven() && state.isDetached());
    }

    @Test
    void shouldBeProtectedAgainOnceItMoves() {
        state.onStuck("a read");
        assertTrue(state.isStuck());
        state.onStuck("another");
        assertEquals("a read", state.reason());
        state.onMoves();
        assertEquals(ShadowState.Fate.PROTECTED, state.fate());
        assertNull(state.reason());
    }

    @Test
    void shouldBeLostForGood() {
        state.onStuck("a read");
        state.onLost("different bytes");
        state.onMoves();
        state.onStuck("a read");
        assertTrue(state.isLost() && !state.isStuck());
        assertEquals("different bytes", state.reason());
    }
}
