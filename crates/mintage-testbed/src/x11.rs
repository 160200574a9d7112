//! The **X11** side of a window: what a window manager and a file manager do to it.
//!
//! Rule: implements the protocol itself (ICCCM §4.2.8.1 for closing, XDND version 5 for dropping), since programs for
//! it would each need a desktop around them.

use std::path::Path;

use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::composite::{ConnectionExt as _, Redirect};
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ClientMessageEvent, ConnectionExt as _, CreateWindowAux, EventMask, GrabMode, InputFocus, MapState,
    ModMask, PropMode, SELECTION_NOTIFY_EVENT, SelectionNotifyEvent, SelectionRequestEvent, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;
use x11rb::{COPY_DEPTH_FROM_PARENT, COPY_FROM_PARENT, CURRENT_TIME};

use crate::wait::until;

/// The version of the drag-and-drop protocol in use.
const XDND: u32 = 5;

/// A connection to a display.
pub struct X11 {
    connection: RustConnection,
    root: Window,
}

impl X11 {
    pub fn connect(display: &str) -> Self {
        let (connection, screen) = RustConnection::connect(Some(display)).expect("the display takes connections");
        let root = connection.setup().roots[screen].root;
        Self { connection, root }
    }

    /// Makes the display keep the content of covered windows, until this connection ends (Composite extension, version
    /// 0.4); otherwise covered parts of a screenshot are black.
    pub fn keep_windows_whole(&self) {
        self.connection
            .composite_query_version(0, 4)
            .expect("it is sent")
            .reply()
            .expect("the display composes windows");
        let redirecting = self.connection.composite_redirect_subwindows(self.root, Redirect::AUTOMATIC);
        redirecting.expect("it is sent").check().expect("nobody else composes its windows");
    }

    /// The window on the screen with this title.
    pub fn window(&self, title: &str) -> Option<Window> {
        let children = self.connection.query_tree(self.root).ok()?.reply().ok()?.children;
        children.into_iter().find(|window| self.is_on_screen(*window) && self.title(*window) == title)
    }

    /// Asks a window to close, like the button in its frame.
    pub fn close(&self, window: Window) {
        let data = [self.atom("WM_DELETE_WINDOW"), CURRENT_TIME, 0, 0, 0];
        self.tell(window, "WM_PROTOCOLS", data);
    }

    /// Resizes a window.
    pub fn resize(&self, window: Window, width: u32, height: u32) {
        let size = x11rb::protocol::xproto::ConfigureWindowAux::new().x(0).y(0).width(width).height(height);
        self.connection.configure_window(window, &size).expect("the display is there");
        self.finish();
    }

    /// Grabs a key combination from every other program, while this connection lasts.
    pub fn grab(&self, modifiers: ModMask, key: u32) {
        let setup = self.connection.setup();
        let (first, last) = (setup.min_keycode, setup.max_keycode);
        let mapping = self.connection.get_keyboard_mapping(first, last - first + 1).expect("the display is there");
        let mapping = mapping.reply().expect("a display has a keyboard");
        let mut keys = mapping.keysyms.chunks(usize::from(mapping.keysyms_per_keycode));
        let place = keys.position(|names| names.contains(&key)).expect("the keyboard has this key");
        let code = first + u8::try_from(place).expect("a keyboard has at most 255 keys");
        let grabbed = self.connection.grab_key(false, self.root, modifiers, code, GrabMode::ASYNC, GrabMode::ASYNC);
        grabbed.expect("the display is there").check().expect("nobody else has these keys");
    }

    /// Takes the keyboard focus from every window, like a click on the desktop's background.
    pub fn unfocus(&self) {
        let unfocused = self.connection.set_input_focus(InputFocus::NONE, self.root, CURRENT_TIME);
        unfocused.expect("the display is there").check().expect("the background is always there");
    }

    /// Drops files in the middle of a window, as a file manager does.
    pub fn drop_files(&self, window: Window, files: &[&Path]) {
        let drag = Drag::start(self, window, files);
        drag.hover();
        drag.release();
    }

    fn is_on_screen(&self, window: Window) -> bool {
        let attributes = self.connection.get_window_attributes(window).ok().and_then(|cookie| cookie.reply().ok());
        attributes.is_some_and(|attributes| attributes.map_state == MapState::VIEWABLE)
    }

    fn title(&self, window: Window) -> String {
        let asked = self.connection.get_property(false, window, AtomEnum::WM_NAME, AtomEnum::ANY, 0, 256);
        let title = asked.ok().and_then(|cookie| cookie.reply().ok()).map(|reply| reply.value);
        String::from_utf8_lossy(&title.unwrap_or_default()).into_owned()
    }

    fn atom(&self, name: &str) -> Atom {
        let asked = self.connection.intern_atom(false, name.as_bytes()).expect("the display is there");
        asked.reply().expect("the display is there").atom
    }

    fn tell(&self, window: Window, what: &str, data: [u32; 5]) {
        let message = ClientMessageEvent::new(32, window, self.atom(what), data);
        self.connection.send_event(false, window, EventMask::NO_EVENT, message).expect("the display is there");
        self.finish();
    }

    /// Waits until the display has processed everything: requests it hasn't read when a connection closes may be lost.
    fn finish(&self) {
        self.connection.sync().expect("the display is there");
    }
}

/// Files dragged over a window.
struct Drag<'a> {
    x11: &'a X11,
    source: Window,
    target: Window,
    /// The files as a `text/uri-list` (RFC 2483 §5).
    list: String,
}

impl<'a> Drag<'a> {
    fn start(x11: &'a X11, target: Window, files: &[&Path]) -> Self {
        let connection = &x11.connection;
        let source = connection.generate_id().expect("the display gives ids");
        connection
            .create_window(
                COPY_DEPTH_FROM_PARENT,
                source,
                x11.root,
                0,
                0,
                1,
                1,
                0,
                WindowClass::INPUT_OUTPUT,
                COPY_FROM_PARENT,
                &CreateWindowAux::new(),
            )
            .expect("the display is there");
        connection.set_selection_owner(source, x11.atom("XdndSelection"), CURRENT_TIME).expect("the display is there");
        let list = files.iter().map(|file| format!("file://{}\r\n", file.display())).collect();
        let drag = Self { x11, source, target, list };
        x11.tell(target, "XdndEnter", [source, XDND << 24, x11.atom("text/uri-list"), 0, 0]);
        drag
    }

    /// Holds the files over the middle of the window until it says that it would accept them.
    fn hover(&self) {
        let geometry = self.x11.connection.get_geometry(self.target).expect("the display is there");
        let geometry = geometry.reply().expect("the window is there");
        let middle = (u32::from(geometry.width) / 2) << 16 | (u32::from(geometry.height) / 2);
        let copy = self.x11.atom("XdndActionCopy");
        self.wait(
            "the window takes the files",
            "XdndStatus",
            |data| data[1] & 1 == 1,
            || {
                self.x11.tell(self.target, "XdndPosition", [self.source, 0, middle, CURRENT_TIME, copy]);
            },
        );
    }

    fn release(&self) {
        self.x11.tell(self.target, "XdndDrop", [self.source, 0, CURRENT_TIME, 0, 0]);
        self.wait("the window has taken the files", "XdndFinished", |_| true, || {});
    }

    /// Serves the files' names until the window responds as expected; repeats `meanwhile`.
    fn wait(&self, what: &str, answer: &str, wished: impl Fn([u32; 5]) -> bool, meanwhile: impl Fn()) {
        let answer = self.x11.atom(answer);
        until(what, || {
            meanwhile();
            while let Some(event) = self.x11.connection.poll_for_event().expect("the display is there") {
                match event {
                    Event::SelectionRequest(request) => self.serve(&request),
                    Event::ClientMessage(message) if message.type_ == answer && wished(message.data.as_data32()) => {
                        return true;
                    }
                    _ => {}
                }
            }
            false
        });
    }

    fn serve(&self, request: &SelectionRequestEvent) {
        let connection = &self.x11.connection;
        let stored = connection.change_property8(
            PropMode::REPLACE,
            request.requestor,
            request.property,
            request.target,
            self.list.as_bytes(),
        );
        stored.expect("the display is there");
        let notice = SelectionNotifyEvent {
            response_type: SELECTION_NOTIFY_EVENT,
            sequence: 0,
            time: request.time,
            requestor: request.requestor,
            selection: request.selection,
            target: request.target,
            property: request.property,
        };
        let sent = connection.send_event(false, request.requestor, EventMask::NO_EVENT, notice);
        sent.expect("the display is there");
        self.x11.finish();
    }
}
