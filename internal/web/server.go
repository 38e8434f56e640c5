// Package web is the HTTP host: the door through which Teams, load balancers
// and monitoring reach Handrail. It reads requests within limits of size and
// time, gives each one an id, answers when a handler panics, tells whether the
// service is alive and ready, counts what happens, and stops in good order.
//
// It does not know what an activity means and does not check who sent it: it
// hands the bytes to a [Receiver]. Routes of other subjects are brought by
// them through [Config.Routes].
package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/gin-gonic/gin"

	"handrail/internal/logs"
)

// The limits of the door. The Bot Service waits 10 to 15 seconds for an answer
// (Bot Framework, "Manage a long-running operation"), so a turn that takes
// longer has nobody to answer and is ended.
const (
	bodyLimit         = 256 << 10
	headerLimit       = 64 << 10
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 15 * time.Second
	turnTimeout       = 14 * time.Second
	writeTimeout      = 30 * time.Second
	idleTimeout       = 2 * time.Minute
	defaultGrace      = 5 * time.Second
	// unwindTime is what requests that were told to end get to roll back.
	unwindTime = time.Second
)

// Config is what a [Server] is built from. Receiver and Logger are required.
type Config struct {
	// Addr is the address to listen on, as host:port. Port 0 takes any free one.
	Addr string
	// Receiver takes the activities that are posted to /api/messages.
	Receiver Receiver
	// Checks are the parts that /readyz asks. Without any, it is always ready.
	Checks []Check
	// Metrics is what /metrics shows. Nil gives the server one of its own.
	Metrics *Metrics
	// Logger writes the lines of the host, and those of everything below it
	// that logs through the request's context.
	Logger *slog.Logger
	// LoopbackOnly refuses what was meant for another host or came through a
	// proxy: whoever trusts the machine must not trust the world behind it.
	LoopbackOnly bool
	// Reports gives the files of reports, and Files those of tickets. Without them
	// there are none.
	Reports, Files Find
	// Hook is told by Odoo that something has happened there; nil for no such route.
	Hook *Hook
	// Routes adds routes of other subjects; it may be nil. They stand behind
	// the same limits, ids and recovery as the host's own.
	Routes func(gin.IRouter)
	// Listening is told the bound address once connections are accepted; it
	// may be nil. It must not block.
	Listening func(addr string)
	// Grace is how long running requests may take to finish once the server is
	// told to stop. Zero means five seconds.
	Grace time.Duration
	// Now gives the time. Nil means time.Now.
	Now func() time.Time
}

// Server is the HTTP host. Build it with [New] and run it once.
type Server struct {
	addr      string
	grace     time.Duration
	logger    *slog.Logger
	listening func(addr string)
	handler   http.Handler
	running   atomic.Int64
}

// New builds a server; it does not listen yet. It puts Gin into release mode,
// which is a setting of the whole process and the only one that Gin offers
// against its debug output on standard output.
func New(c Config) (*Server, error) {
	if c.Receiver == nil || c.Logger == nil {
		return nil, errors.New("web: a server needs a receiver and a logger")
	}
	if c.Metrics == nil {
		c.Metrics = NewMetrics()
	}
	if c.Grace == 0 {
		c.Grace = defaultGrace
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	s := &Server{addr: c.Addr, grace: c.Grace, logger: c.Logger, listening: c.Listening}
	engine, err := s.engine(c)
	if err != nil {
		return nil, err
	}
	s.handler = engine
	return s, nil
}

// engine builds the routes and what stands before them.
func (s *Server) engine(c Config) (*gin.Engine, error) {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	engine.RedirectTrailingSlash = false
	// No proxy is trusted: whoever connects is the client, whatever
	// X-Forwarded-For says.
	if err := engine.SetTrustedProxies(nil); err != nil {
		return nil, fmt.Errorf("web: trust no proxy: %w", err)
	}

	engine.Use(s.count, identify(c.Logger), access(c.Now), recovery, limitBody)
	if c.LoopbackOnly {
		engine.Use(loopbackOnly)
	}
	engine.NoRoute(nothing)
	engine.NoMethod(func(c *gin.Context) {
		refuse(c, http.StatusMethodNotAllowed, "this address does not take "+c.Request.Method)
	})

	messages := &messages{receiver: c.Receiver, metrics: c.Metrics, origins: http.NewCrossOriginProtection(), now: c.Now}
	engine.POST("/api/messages", messages.post)
	// The Agents Playground asks with HEAD whether the bot is there.
	engine.HEAD("/api/messages", func(c *gin.Context) { c.Status(http.StatusOK) })

	health := &health{checks: c.Checks, now: c.Now}
	for _, method := range []string{http.MethodGet, http.MethodHead} {
		engine.Handle(method, "/healthz", alive)
		engine.Handle(method, "/readyz", health.ready)
	}
	engine.GET("/metrics", gin.WrapH(c.Metrics.handler()))
	if c.Reports != nil {
		engine.GET(reportsPath+":file", downloads{c.Reports, ".csv", "write report to the bot for a new one"}.get)
	}
	if c.Files != nil {
		engine.GET(filesPath+":file", downloads{c.Files, "", "open Files on the ticket's card for a new one"}.get)
	}
	if c.Hook != nil {
		engine.Any(hooksPath+":secret", c.Hook.post)
	}
	if c.Routes != nil {
		c.Routes(engine)
	}
	return engine, nil
}

// Handler is the whole door without a listener.
func (s *Server) Handler() http.Handler { return s.handler }

// Run listens and serves until ctx ends. Then it takes no new connections,
// lets the running requests finish within the grace time, ends those that have
// not, and returns nil. It returns an error when it cannot listen or serve.
func (s *Server) Run(ctx context.Context) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", s.addr)
	if err != nil {
		return listenError(s.addr, err)
	}
	// Turns that run when ctx ends may finish, so their context outlives it.
	turns, endTurns := context.WithCancel(logs.Into(context.WithoutCancel(ctx), s.logger))
	defer endTurns()
	server := &http.Server{
		Handler:           s.handler,
		BaseContext:       func(net.Listener) context.Context { return turns },
		ErrorLog:          slog.NewLogLogger(s.logger.Handler(), slog.LevelWarn),
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    headerLimit,
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	if s.listening != nil {
		s.listening(listener.Addr().String())
	}

	select {
	case err := <-failed:
		return fmt.Errorf("web: serve on %s: %w", s.addr, err)
	case <-ctx.Done():
	}
	return s.stop(turns, endTurns, server)
}

// stop closes the door and waits for the requests that are inside.
func (s *Server) stop(ctx context.Context, endTurns context.CancelFunc, server *http.Server) error {
	patience, cancel := context.WithTimeout(ctx, s.grace)
	defer cancel()
	err := server.Shutdown(patience)
	if err == nil {
		return nil
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("web: stop: %w", err)
	}
	// A connection on which no request was ever sent also keeps Shutdown
	// waiting; only requests are worth a line.
	if running := s.running.Load(); running > 0 {
		s.logger.WarnContext(ctx, "requests were cut off by the stop", slog.Int64("requests", running), slog.Duration("grace", s.grace))
	}
	endTurns()
	unwinding, cancel := context.WithTimeout(context.WithoutCancel(ctx), unwindTime)
	defer cancel()
	if server.Shutdown(unwinding) == nil {
		return nil
	}
	if err := server.Close(); err != nil {
		return fmt.Errorf("web: close: %w", err)
	}
	return nil
}

// count keeps the number of requests that are being answered.
func (s *Server) count(c *gin.Context) {
	s.running.Add(1)
	defer s.running.Add(-1)
	c.Next()
}

// listenError says why the address cannot be listened on, and what to do.
func listenError(addr string, err error) error {
	advice := "check HANDRAIL_ADDR: it is host:port, for example 127.0.0.1:3978"
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		advice = "another program listens there: stop it, or set HANDRAIL_ADDR to another port"
	case errors.Is(err, syscall.EACCES):
		advice = "this user may not listen there: set HANDRAIL_ADDR to a port of 1024 or more"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		advice = "this machine does not have that address: set HANDRAIL_ADDR to one that it has"
	}
	return fmt.Errorf("web: cannot listen on %s: %s: %w", addr, advice, err)
}
