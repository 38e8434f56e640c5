package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"handrail/bot"
	"handrail/cards"
	"handrail/internal/guard"
	"handrail/internal/jobs"
	"handrail/internal/store"
	"handrail/internal/teams"
	"handrail/internal/ticket"
	"handrail/internal/web"
)

// How long the parts may take to stop; together they stay within the ten
// seconds that an orchestrator gives by default.
const (
	doorGrace = 3 * time.Second
	workGrace = 2 * time.Second
)

// outboundTimeout bounds one request to Microsoft, and downloadTimeout one file,
// which has to be there before its job is ended.
const (
	outboundTimeout = 15 * time.Second
	downloadTimeout = 25 * time.Second
)

// service is Handrail with all its parts.
type service struct {
	store *store.DB
	door  *web.Server
	work  *jobs.Runner
	// look looks once at what the service needs of others, and logs what is wrong.
	look func(ctx context.Context)
}

// options are what a test changes about a service.
type options struct {
	// now is the clock; nil for the machine's.
	now func() time.Time
	// listening is told the bound address.
	listening func(addr string)
	// hurry has the jobs follow a clock that is moved.
	hurry bool
	// limits are the rates of calls to keep to; Microsoft's when zero.
	limits teams.Limits
	// records stand in for Odoo; nil for the real one.
	records ticket.Records
	// library stands in for Odoo's knowledge base; nil for the real one.
	library ticket.Library
	// census stands in for Odoo's counts; nil for the real ones.
	census ticket.Census
}

// serve runs Handrail until ctx ends, then stops it in order: the door, the
// work, the database.
func serve(ctx context.Context, cfg Config, logger *slog.Logger, stdout io.Writer) error {
	s, err := newService(ctx, cfg, logger, options{listening: func(addr string) { greet(stdout, cfg, addr) }})
	if err != nil {
		return err
	}
	return s.run(ctx)
}

// newService builds every part once. Nothing runs yet, but the database is open
// and migrated.
func newService(ctx context.Context, cfg Config, logger *slog.Logger, o options) (*service, error) {
	now := o.now
	if now == nil {
		now = time.Now
	}
	db, err := store.Open(ctx, store.Config{URL: string(cfg.Database), Dir: cfg.Data, Now: o.now, Logger: logger})
	if err != nil {
		return nil, err
	}
	s, err := assemble(ctx, cfg, logger, o, now, db)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

func assemble(ctx context.Context, cfg Config, logger *slog.Logger, o options, now func() time.Time, db *store.DB) (*service, error) {
	if err := db.Migrate(ctx); err != nil {
		return nil, err
	}
	metrics := web.NewMetrics()
	client := newClient()
	wire, err := newWire(cfg, client, metrics, o.limits)
	if err != nil {
		return nil, err
	}
	set, err := cards.New()
	if err != nil {
		return nil, err
	}
	mailer, err := newMailer(cfg, client, metrics, now)
	if err != nil {
		return nil, err
	}
	reader := guard.New(cfg.HouseNames)
	desk := &ticket.Desk{Store: db, Policy: cfg.policy(), Now: now, Leads: cfg.Leads, Mails: mailer != nil, Guard: reader}
	records, err := newRecords(cfg, client, metrics, now)
	if err != nil {
		return nil, err
	}
	desk.Records, desk.Library, desk.Census = o.records, o.library, o.census
	if records != nil {
		desk.Records, desk.Library, desk.Census = records, records.Library(cfg.OdooArticles), records
	}
	desk.RecordTenant = cfg.recordTenant(ctx, logger)
	if err := errors.Join(desk.Start(ctx), desk.StartPolling(ctx), desk.StartSearch(ctx)); err != nil {
		return nil, err
	}
	site := newSite(cfg)
	handrail, err := bot.New(bot.Config{
		Desk: desk, Cards: set, Chat: wire.connector, Guard: reader, Files: wire.downloads, Mailer: mailer, Local: cfg.Local(),
		Dialogs: cfg.dialogs(), Site: site.address, Now: now,
	})
	if err != nil {
		return nil, err
	}
	work, err := newWork(db, desk, handrail, metrics, logger, o)
	if err != nil {
		return nil, err
	}
	door, err := web.New(web.Config{ //nolint:contextcheck // a request's ctx is its own, not that of the start
		Addr:     cfg.Addr,
		Receiver: teams.NewReceiver(teams.ReceiverConfig{BotID: cfg.BotID, Validator: wire.validator, Handler: handrail, Failure: handrail.Failure}),
		Checks: []web.Check{
			{Name: "database", Failing: "The database does not answer.", Check: db.Check},
			{Name: "queue", Failing: "The queue of jobs has stopped.", Check: work.Check},
			{Name: "token", Failing: "Microsoft gives no token for the bot: check BOT_ID, BOT_PASSWORD and BOT_TENANT_ID.", Check: wire.check},
		},
		Reports: reports(handrail), Files: contents(handrail), Hook: newHook(cfg, desk),
		Metrics: metrics, Logger: logger, Listening: site.listening(o.listening), Grace: doorGrace, Now: now,
		LoopbackOnly: cfg.Local(),
	})
	if err != nil {
		return nil, err
	}
	look := func(ctx context.Context) { checkOdoo(ctx, records, logger) }
	return &service{store: db, door: door, work: work, look: look}, nil
}

// newClient makes the client for everything that goes to Microsoft. Most of it
// goes to one host, so that more connections than usual are kept for it. The
// address that gives a managed identity its tokens is on the machine itself and
// never behind a proxy.
func newClient() *http.Client {
	return &http.Client{Timeout: outboundTimeout, Transport: &http.Transport{
		Proxy: func(r *http.Request) (*url.URL, error) {
			if r.URL.Hostname() == "169.254.169.254" {
				return nil, nil
			}
			return http.ProxyFromEnvironment(r)
		},
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: 32,
		IdleConnTimeout:     90 * time.Second,
		TLSHandshakeTimeout: 10 * time.Second,
	}}
}

// newWork builds what does the jobs, with a function for each kind.
func newWork(db *store.DB, desk *ticket.Desk, b *bot.Bot, metrics *web.Metrics, logger *slog.Logger, o options) (*jobs.Runner, error) {
	handlers := jobs.NewHandlers()
	err := errors.Join(
		jobs.Handle(handlers, b.Say),
		jobs.Handle(handlers, b.PostCard),
		jobs.Handle(handlers, b.RefreshCards),
		jobs.Handle(handlers, b.EditCard),
		jobs.Handle(handlers, b.RetireCard),
		jobs.Handle(handlers, b.TellOfChange),
		jobs.Handle(handlers, b.Remind),
		jobs.Handle(handlers, b.RemindThere),
		jobs.Handle(handlers, b.TellOwner),
		jobs.Handle(handlers, b.TellNews),
		jobs.Handle(handlers, b.Summarize),
		jobs.Handle(handlers, b.PostBoard),
		jobs.Handle(handlers, b.RefreshBoard),
		jobs.Handle(handlers, b.RestBoard),
		jobs.Handle(handlers, b.RetireBoard),
		jobs.Handle(handlers, b.PostReport),
		jobs.Handle(handlers, b.PostFiles),
		jobs.Handle(handlers, b.FetchAttachment),
		jobs.Handle(handlers, b.SendMail),
		jobs.Handle(handlers, b.LearnMail),
		jobs.Handle(handlers, b.PutArticle),
		jobs.Handle(handlers, b.FindArticles),
		jobs.Handle(handlers, b.PostComparison),
		jobs.Handle(handlers, b.SendRecord),
		jobs.Handle(handlers, b.TellRecord),
		jobs.Handle(handlers, desk.RepairRecords),
		jobs.Handle(handlers, b.PollRecords),
		jobs.Handle(handlers, b.TellMessage),
		jobs.Handle(handlers, b.BringRecord),
		jobs.Handle(handlers, desk.HearMessages),
		jobs.Handle(handlers, desk.TakeChanges),
		jobs.Handle(handlers, desk.AdoptRecord),
		jobs.Handle(handlers, desk.Ring),
		jobs.Handle(handlers, desk.Retime),
		jobs.Handle(handlers, desk.Index),
		jobs.Handle(handlers, desk.MarkUnreached),
		jobs.Handle(handlers, desk.MarkReached),
		jobs.Handle(handlers, desk.MarkAbsence),
		jobs.Handle(handlers, desk.EndAbsence),
		jobs.Handle(handlers, desk.Announce),
		jobs.Handle(handlers, desk.ExpireAttachments),
		escalationJobs(handlers, desk, b),
		linkJobs(handlers, desk, b),
	)
	if err != nil {
		return nil, err
	}
	return jobs.New(jobs.Config{
		Open:     jobs.From(db.Queue),
		Handlers: handlers,
		Logger:   logger,
		Observe:  func(kind string, outcome jobs.Outcome, took time.Duration) { metrics.Job(kind, string(outcome), took) },
		Hurry:    o.hurry,
		Grace:    workGrace,
	})
}

// escalationJobs adds the functions for the jobs about escalations.
func escalationJobs(handlers *jobs.Handlers, desk *ticket.Desk, b *bot.Bot) error {
	return errors.Join(
		jobs.Handle(handlers, desk.Climb),
		jobs.Handle(handlers, b.AskInPerson),
		jobs.Handle(handlers, b.MailEscalation),
		jobs.Handle(handlers, b.TellReply),
		jobs.Handle(handlers, b.TellClimb),
		jobs.Handle(handlers, b.TellUnanswered),
	)
}

// linkJobs adds the functions for the jobs about tickets that are linked.
func linkJobs(handlers *jobs.Handlers, desk *ticket.Desk, b *bot.Bot) error {
	return errors.Join(
		jobs.Handle(handlers, desk.CountLinked),
		jobs.Handle(handlers, desk.ShowLinked),
		jobs.Handle(handlers, b.OfferLikewise),
		jobs.Handle(handlers, b.DoLikewise),
	)
}

// wire is what talks with Teams.
type wire struct {
	validator teams.Validator
	tokens    *teams.TokenSource
	connector *teams.Connector
	downloads *teams.Downloader
	check     func(context.Context) error
}

func newWire(cfg Config, client *http.Client, metrics *web.Metrics, limits teams.Limits) (wire, error) {
	cloud, err := cfg.cloud()
	if err != nil {
		return wire{}, err
	}
	var w wire
	kind := teams.BotType(cfg.BotType)
	if cfg.Local() {
		kind = teams.NoIdentity
		w.validator = teams.LocalVerifier{}
	} else {
		w.validator = teams.NewVerifier(teams.VerifierConfig{
			BotID: cfg.BotID, Cloud: cloud, Tenants: cfg.Tenants, Client: client,
		})
	}
	w.tokens, err = teams.NewTokenSource(teams.TokenConfig{
		Type: kind, BotID: cfg.BotID, Password: string(cfg.BotPassword), Tenant: cfg.signInTenant(cloud),
		LoginURL: cloud.LoginURL, TokenURL: cfg.BotTokenURL, Scope: cloud.Scope, HTTP: client,
	})
	if err != nil {
		return wire{}, err
	}
	w.check = func(ctx context.Context) error {
		_, err := w.tokens.Token(ctx)
		return err
	}
	observe := func(op string, failure teams.ErrorKind, took time.Duration) {
		outcome := string(failure)
		if outcome == "" {
			outcome = "ok"
		}
		metrics.Outbound(op, outcome, took)
	}
	w.connector, err = teams.NewConnector(teams.ConnectorConfig{
		BotID: cfg.BotID, Tokens: w.tokens, Hosts: cloud.ServiceHosts, HTTP: client, Limits: limits, Observe: observe,
	})
	if err != nil {
		return wire{}, err
	}
	patient := *client
	patient.Timeout = downloadTimeout
	w.downloads, err = teams.NewDownloader(teams.DownloaderConfig{
		Tokens: w.tokens, ServiceHosts: cloud.ServiceHosts, FileHosts: cloud.FileHosts, HTTP: &patient,
		Largest: ticket.MaxFile, Observe: observe,
	})
	return w, err
}

// cloud gives the cloud of the configuration, with the values that it overrides.
func (c Config) cloud() (teams.Cloud, error) {
	cloud, err := teams.CloudByName(c.BotCloud)
	if err != nil {
		return cloud, err
	}
	if c.BotOpenIDMetadataURL != "" {
		cloud.MetadataURL = c.BotOpenIDMetadataURL
	}
	if len(c.BotServiceHosts) > 0 {
		cloud.ServiceHosts = c.BotServiceHosts
	}
	if len(c.BotFileHosts) > 0 {
		cloud.FileHosts = c.BotFileHosts
	}
	if c.Local() {
		cloud.ServiceHosts, cloud.FileHosts = teams.LoopbackHosts(), teams.LoopbackHosts()
	}
	return cloud, nil
}

// signInTenant is where the bot gets its tokens: in its own tenant, or for an
// old multi-tenant bot in the cloud's common one.
func (c Config) signInTenant(cloud teams.Cloud) string {
	if c.BotType == multiTenant {
		return cloud.Tenant
	}
	return c.BotTenantID
}

// policy gives the desk's figures.
func (c Config) policy() ticket.Policy {
	p := ticket.DefaultPolicy().With(map[ticket.Class]time.Duration{
		ticket.Expedite: c.AcknowledgeExpedite, ticket.Fixed: c.AcknowledgeFixed,
		ticket.Priority: c.AcknowledgePriority, ticket.Standard: c.AcknowledgeStandard,
	}, map[ticket.Class]time.Duration{
		ticket.Expedite: c.ClimbExpedite, ticket.Fixed: c.ClimbFixed,
		ticket.Priority: c.ClimbPriority, ticket.Standard: c.ClimbStandard,
	})
	p.ExpediteAbove, p.PriorityFrom, p.CustomerUpdate = c.ExpediteAbove, c.PriorityFrom, c.CustomerUpdate
	p.CustomerSoon = min(p.CustomerSoon, c.CustomerUpdate/2)
	return p
}

// run runs the door and the work until ctx ends or one of them fails.
func (s *service) run(ctx context.Context) error {
	// The work outlives the door, so that what the last turns left is begun.
	working, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	worked := make(chan error, 1)
	go func() { worked <- s.work.Run(working) }()

	open, closeDoor := context.WithCancel(ctx)
	defer closeDoor()
	closed := make(chan error, 1)
	go func() { closed <- s.door.Run(open) }()
	looked := make(chan struct{})
	go func() { defer close(looked); s.look(open) }()

	var err error
	select {
	case err = <-closed:
		stopWork()
		err = errors.Join(err, <-worked)
	case err = <-worked:
		closeDoor()
		err = errors.Join(err, <-closed)
	}
	closeDoor()
	<-looked
	return errors.Join(err, s.store.Close())
}

// greet tells a person at the terminal where the bot listens.
func greet(stdout io.Writer, cfg Config, addr string) {
	_, _ = fmt.Fprintf(stdout, "Handrail listens on http://%s/api/messages\n", addr)
	if cfg.Local() {
		_, _ = fmt.Fprintln(stdout, "LOCAL MODE: no BOT_ID is set, so nothing is signed, only this machine is let in, "+
			"and everyone is a lead. Not for a real team.")
	}
}
