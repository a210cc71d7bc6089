// Package netns stands for the real one.
package netns

type NsHandle int

func Set(ns NsHandle) error       { return nil }
func Get() (NsHandle, error)      { return 0, nil }
func (ns *NsHandle) Close() error { return nil }
