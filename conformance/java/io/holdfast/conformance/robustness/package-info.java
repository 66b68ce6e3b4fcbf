/**
 * Robustness fuzzing: what comes from outside may hold anything, and nothing may break. Each target takes bytes and throws if it
 * found something. {@code RobustnessTest} runs the corpus and a short time of mutations; {@code conformance/fuzz.sh} runs
 * Jazzer, which is guided by coverage, for as long as one likes.
 */
package io.holdfast.conformance.robustness;
