// Package bench is the command that measures on this machine what is said of techniques
// against tail latency, and says whether it holds here: [Run]. The claims, their benches
// and what judges them are the matter of package claims; here benches are started, one
// after the other, each in a process of its own, and what comes of them is printed
// below the state of the machine that it was measured on.
package bench
