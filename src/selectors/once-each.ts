/** What follows from one thing alone, made once: for things that never change. */
export function onceEach<K extends object, V>(make: (thing: K) => V): (thing: K) => V {
  const made = new WeakMap<K, V>();
  return thing => {
    let value = made.get(thing);
    if (value === undefined) made.set(thing, (value = make(thing)));
    return value;
  };
}
