/** The clock and the randomness of a server follow those of another run. */
package io.holdfast.app.agent.choices;
