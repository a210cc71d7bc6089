// Package requests tells of code that runs for a request how often it does, and
// for whose.
//
// Package hotpath finds the code. [Index.Doubt] says why a request may not pay for
// a place in it all the same: an error leads there, a clock or a flag lets only
// some calls through, a cache has what would be made. [Index.ForDiagnosis] knows the
// requests of those who watch the process, by the paths at which their handlers are
// mounted: what is slow for them alone is no hazard.
//
// A rule requires what [New] asks for.
package requests
