// Package benchload is the command that loads a service at a rate and says whether it
// passes its policy: [Run]. It starts the service if it is given a command, calls it, asks
// what its process used, and prints what package policy makes of all that.
package benchload
