package unboundedqueue_test

import (
	"testing"

	"github.com/lagvet/lagvet/analyzers/internal/ruletest"
	"github.com/lagvet/lagvet/analyzers/unboundedqueue"
)

func Test(t *testing.T) { ruletest.Run(t, unboundedqueue.Rule) }
