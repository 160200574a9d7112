/** The app freezes `Object.prototype`; what cannot live with that should fail here too. */
Object.freeze(Object.prototype);
