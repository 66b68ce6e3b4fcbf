/** Sample servers. */
package io.holdfast.app.sample;
