/** ICMP: echo, errors out (rate limited) and in (validated by the stack against the connection they quote). */
package io.holdfast.icmp;
