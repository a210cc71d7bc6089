package roots

import (
	"context"

	"github.com/IBM/sarama"
	"github.com/nats-io/nats.go"
	amqp "github.com/rabbitmq/amqp091-go"
	"github.com/segmentio/kafka-go"
)

type group struct{}

func (group) ConsumeClaim(s sarama.ConsumerGroupSession, c sarama.ConsumerGroupClaim) error { // want `root: sarama consumer$`
	for range c.Messages() {
	}
	return nil
}

func subscribe(nc *nats.Conn) {
	nc.Subscribe("a", func(m *nats.Msg) { store(m.Data) }) // want `root: NATS handler$`
	nc.Subscribe("b", onMessage)
}

func onMessage(m *nats.Msg) {} // want `root: NATS handler$`

// Nobody registers this one: it may as well publish.
func publish(m *nats.Msg) {}

func store([]byte) {} // want `root: NATS handler ← calls store$`

// Only the loop runs per message.
func consumeAMQP(ds <-chan amqp.Delivery) {
	connect()
	for d := range ds { // want `root from here: AMQP consumer`
		handleDelivery(d)
		go func() { // want `root: AMQP consumer ← spawns a func literal$`
			perMessage()
		}()
	}
	disconnect()
}

func connect()                     {}
func disconnect()                  {}
func handleDelivery(amqp.Delivery) {} // want `root: AMQP consumer ← calls handleDelivery$`
func perMessage()                  {} // want `root: AMQP consumer ← spawns a func literal ← calls perMessage$`

func consumeKafka(ctx context.Context) {
	for { // connects again
		r := dial()
		for { // want `root from here: kafka-go consumer`
			m, err := r.FetchMessage(ctx)
			if err != nil {
				break
			}
			handleKafka(m)
		}
		r.Close()
	}
}

func dial() *kafka.Reader       { return nil }
func handleKafka(kafka.Message) {} // want `root: kafka-go consumer ← calls handleKafka$`

func consumeSelect(ctx context.Context, ds <-chan amqp.Delivery) {
	for { // want `root from here: AMQP consumer`
		select {
		case d := <-ds:
			handleSelected(d)
		case <-ctx.Done():
			return
		}
	}
}

func handleSelected(amqp.Delivery) {} // want `root: AMQP consumer ← calls handleSelected$`

// A single receive is no loop.
func one(ds <-chan amqp.Delivery) { handleOne(<-ds) }

func handleOne(amqp.Delivery) {}
