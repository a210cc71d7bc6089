// Package latency is the command that says from an execution trace why the tail of
// latency is what it is: [Run]. What a trace says is the matter of package
// runtimecheck/trace, how it is printed that of package tracereport; here it is fetched,
// joined with what lagvet check finds in the code, held against limits, and handed on.
package latency
