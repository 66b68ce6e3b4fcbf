/** Programs that know nothing of Holdfast and are started with the agent, each of a kind that agents are known to have hurt. */
package io.holdfast.lab.guest;
