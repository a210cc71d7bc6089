package analyzers

import (
	"github.com/lagvet/lagvet/analyzers/budget"
	"github.com/lagvet/lagvet/analyzers/bufshare"
	"github.com/lagvet/lagvet/analyzers/ctxaccumulate"
	"github.com/lagvet/lagvet/analyzers/ctxbreak"
	"github.com/lagvet/lagvet/analyzers/ctxless"
	"github.com/lagvet/lagvet/analyzers/dbpool"
	"github.com/lagvet/lagvet/analyzers/deadlineorder"
	"github.com/lagvet/lagvet/analyzers/falseshare"
	"github.com/lagvet/lagvet/analyzers/gcknob"
	"github.com/lagvet/lagvet/analyzers/goroutineleak"
	"github.com/lagvet/lagvet/analyzers/gounbounded"
	"github.com/lagvet/lagvet/analyzers/hardexit"
	"github.com/lagvet/lagvet/analyzers/heapescape"
	"github.com/lagvet/lagvet/analyzers/hotalloc"
	"github.com/lagvet/lagvet/analyzers/hotblock"
	"github.com/lagvet/lagvet/analyzers/hotcall"
	"github.com/lagvet/lagvet/analyzers/hotdefer"
	"github.com/lagvet/lagvet/analyzers/httppool"
	"github.com/lagvet/lagvet/analyzers/httptimeout"
	"github.com/lagvet/lagvet/analyzers/initperreq"
	"github.com/lagvet/lagvet/analyzers/internal/rule"
	"github.com/lagvet/lagvet/analyzers/linkname"
	"github.com/lagvet/lagvet/analyzers/lockblock"
	"github.com/lagvet/lagvet/analyzers/lockorder"
	"github.com/lagvet/lagvet/analyzers/logsplit"
	"github.com/lagvet/lagvet/analyzers/nobreaker"
	"github.com/lagvet/lagvet/analyzers/policy"
	"github.com/lagvet/lagvet/analyzers/poolmisuse"
	"github.com/lagvet/lagvet/analyzers/procs"
	"github.com/lagvet/lagvet/analyzers/respbody"
	"github.com/lagvet/lagvet/analyzers/retrystorm"
	"github.com/lagvet/lagvet/analyzers/sleeppoll"
	"github.com/lagvet/lagvet/analyzers/stw"
	"github.com/lagvet/lagvet/analyzers/threadlock"
	"github.com/lagvet/lagvet/analyzers/tickerleak"
	"github.com/lagvet/lagvet/analyzers/timerchurn"
	"github.com/lagvet/lagvet/analyzers/unboundedqueue"
	"github.com/lagvet/lagvet/analyzers/walltime"
)

// A Rule is an analyzer and what the catalogue says of it.
type Rule = rule.Rule

// All returns lagvet's own rules in the order of the catalogue.
func All() []*Rule {
	return []*Rule{
		ctxless.Rule,
		httptimeout.Rule,
		deadlineorder.Rule,
		ctxbreak.Rule,
		ctxaccumulate.Rule,
		gounbounded.Rule,
		goroutineleak.Rule,
		lockblock.Rule,
		lockorder.Rule,
		bufshare.Rule,
		falseshare.Rule,
		tickerleak.Rule,
		timerchurn.Rule,
		walltime.Rule,
		sleeppoll.Rule,
		heapescape.Rule,
		hotalloc.Rule,
		poolmisuse.Rule,
		gcknob.Rule,
		hotdefer.Rule,
		hotblock.Rule,
		hotcall.Rule,
		stw.Rule,
		initperreq.Rule,
		budget.Rule,
		policy.Rule,
		threadlock.Rule,
		procs.Rule,
		linkname.Rule,
		httppool.Rule,
		respbody.Rule,
		dbpool.Rule,
		retrystorm.Rule,
		nobreaker.Rule,
		unboundedqueue.Rule,
		hardexit.Rule,
		logsplit.Rule,
	}
}
