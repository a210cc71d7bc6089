// Package sarama has what the fixtures need of the real one.
package sarama

type ConsumerGroupSession interface {
	MarkMessage(*ConsumerMessage, string)
}

type ConsumerGroupClaim interface {
	Messages() <-chan *ConsumerMessage
}

type ConsumerMessage struct{ Value []byte }
