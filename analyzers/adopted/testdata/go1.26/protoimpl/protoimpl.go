// Package protoimpl stands for that of protobuf.
package protoimpl

import "sync"

// MessageState is in each message.
type MessageState struct{ DoNotCopy [0]sync.Mutex }
