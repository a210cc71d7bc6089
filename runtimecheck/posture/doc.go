// Package posture holds what a look at a running Go program says of it: a [Report]
// of [Check]s, each with a verdict, and the [Profile]s by which they are judged.
//
// A probe sees ([Observation]) and does not judge: what is required, by whose advice,
// and what speaks against it stands in a profile, in YAML:
//
//	name: latency
//	about: services that are judged by their tail, on hosts of their own
//	checks:
//	  kernel.swappiness:
//	    max: 10
//	    otherwise: WARN
//	    source: https://github.com/redhat-performance/tuned, profile network-latency
//	    doubt: without swap it changes nothing
//
// Three profiles are built in, see [Named]; others extend one of them.
package posture
