/**
 * The clock and the randomness of an unmodified server, made to follow the primary's ({@link io.holdfast.replay.Choices}).
 * {@link io.holdfast.app.agent.choices.ChoiceAdvice} installs three things:
 *
 * <ul>
 * <li>a security provider in the first place, whose generators ask for every byte; the JDK's TLS draws all it needs there;
 * <li>a transformer that turns calls such as {@code System.currentTimeMillis()} in the program's classes, and in the few of
 * the JDK's that servers are made of ({@link io.holdfast.app.agent.choices.Followers}), into calls of our own
 * ({@link io.holdfast.app.agent.choices.ChoiceSites});
 * <li>the replacements that these calls reach: {@code java.lang.HoldfastValues} and its kin, which are the classes
 * {@code Chosen*} of this package under another name. Only a class in {@code java.base} is visible from everywhere, class loaders
 * that filter included. The originals in this package are never used at run time, and use only the JDK and each other.
 * </ul>
 */
package io.holdfast.app.agent.choices;
